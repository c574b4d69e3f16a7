import type { Resource } from '../resources/defineResource.ts';
import { resourceTable } from '../resources/resourceTable.ts';
import { notFound } from './ApiError.ts';
import { pathId, type Route } from './route.ts';

function routesOf(resource: Resource): Route[] {
  const { listPath, exportPaths, scope, hasGet, noun } = resource;
  const routes: Route[] = exportPaths.map((path) => ({
    method: 'GET',
    path,
    scope,
    handle: ({ desk, query }) => resource.export(desk.records, query),
  }));
  if (listPath === null) return routes;
  routes.push({
    method: 'GET',
    path: listPath,
    scope,
    handle: ({ desk, query }) => resource.list(desk.records, query),
  });
  if (!hasGet) return routes;
  routes.push({
    method: 'GET',
    path: `${listPath}/:id`,
    scope,
    handle: (call) => {
      const id = pathId(call);
      const row = resource.get(call.desk.records, id, call.query);
      if (row === undefined) throw notFound(noun, id);
      return row;
    },
  });
  return routes;
}

/** Lists, single records and export feeds of everything in the table. */
export const resourceRoutes: readonly Route[] = Object.values(resourceTable).flatMap((resource) =>
  routesOf(resource),
);
