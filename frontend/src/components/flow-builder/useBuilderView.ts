import { useMediaQuery } from '@mantine/hooks';
import { useCallback, useState } from 'react';
import type { TryReply } from '#backend/schemas/flowApi.ts';
import { useUrlFilter } from '../common/useUrlFilter.ts';
import type { EarlierRef } from './CompareView.tsx';
import { readPanel } from './SidePanel.tsx';

type BuilderDialog = 'palette' | 'shortcuts' | 'publish' | null;

/** What of the builder is to be seen: what a reload should find again stands in the address. */
export function useBuilderView(canEdit: boolean) {
  const isSmall = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const [chosenView, setView] = useUrlFilter('view');
  const [chosenPanel, setPanel] = useUrlFilter('panel');
  const [customer, setCustomer] = useUrlFilter('customer');
  const [dialog, setDialog] = useState<BuilderDialog>(null);
  const [earlier, setEarlier] = useState<EarlierRef | null>(null);
  const [goTo, setGoTo] = useState<{ nodeId: string; field: string | null } | null>(null);
  const [tried, setTried] = useState<{ reply: TryReply; count: number } | null>(null);
  const [said, say] = useState('');
  const setPanelName = useCallback(
    (next: string) => {
      setEarlier(null);
      setPanel(next === 'overview' ? null : next);
    },
    [setPanel],
  );
  const view: 'list' | 'canvas' = chosenView === 'list' || (chosenView === '' && isSmall) ? 'list' : 'canvas';
  return {
    view,
    setView,
    panel: readPanel(chosenPanel, canEdit),
    setPanel: setPanelName,
    journeyId: customer === '' ? null : customer,
    chooseCustomer: setCustomer,
    dialog,
    setDialog,
    earlier,
    setEarlier,
    /** The field that is to have the focus next. */
    goTo,
    setGoTo,
    tried,
    setTried,
    said,
    say,
  } as const;
}
