import type { Clock } from '../clock.ts';
import type { Database } from '../repositories/database.ts';
import { FlowExchange } from './FlowExchange.ts';
import { FlowGallery } from './FlowGallery.ts';
import { FlowHistory } from './FlowHistory.ts';
import type { FlowService } from './FlowService.ts';
import { FlowTrial } from './FlowTrial.ts';
import { FlowWhy } from './FlowWhy.ts';
import { OptionService } from './OptionService.ts';

/** What people do with flows beside drawing them and letting them run. */
export interface FlowTools {
  history: FlowHistory;
  exchange: FlowExchange;
  gallery: FlowGallery;
  trial: FlowTrial;
  why: FlowWhy;
  options: OptionService;
}

export function createFlowTools(deps: {
  database: Database;
  clock: Clock;
  flows: FlowService;
  findAction: ConstructorParameters<typeof FlowGallery>[0]['findAction'];
  moveRuns: ConstructorParameters<typeof FlowHistory>[0]['moveRuns'];
  askNames: ConstructorParameters<typeof OptionService>[0]['askNames'];
}): FlowTools {
  const options = new OptionService(deps);
  const exchange = new FlowExchange({ ...deps, options });
  return {
    history: new FlowHistory({ ...deps, options }),
    exchange,
    gallery: new FlowGallery({ ...deps, options, exchange }),
    trial: new FlowTrial({ ...deps, options }),
    why: new FlowWhy({ database: deps.database, options }),
    options,
  };
}
