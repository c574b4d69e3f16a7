import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { connectRequest, type ConnectTestReply } from '#backend/schemas/api.ts';
import { api, ApiError, type JobTypeKind } from '../../api.ts';
import { useNow } from '../../session.ts';
import { notifyDone } from '../common/notify.tsx';
import { historyStart, type HistoryChoice } from '../syncs/historyStart.ts';

type Values = Record<string, unknown>;

function messagesByField(issues: { field: string; message: string }[]): Record<string, string> {
  return Object.fromEntries(issues.toReversed().map(({ field, message }) => [field, message]));
}

/** What the form itself can tell is wrong; the rest the server knows. */
function checkLocally(values: Values): Record<string, string> {
  const result = connectRequest.safeParse(values);
  if (result.success) return {};
  return messagesByField(
    result.error.issues.map(({ path, message }) => ({
      field: String(path[0] ?? ''),
      message: inPlainWords(path, message, values),
    })),
  );
}

function inPlainWords(path: PropertyKey[], message: string, values: Values): string {
  const value = values[String(path[0])];
  return value === undefined || value === '' ? 'Fill this in.' : message;
}

/** The two steps of connecting a tenant: credentials that ServiceTitan accepts, then what its job types mean. */
export function useConnectForm(initial: Values) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [values, setValues] = useState(initial);
  const [localErrors, setLocalErrors] = useState<Record<string, string>>({});
  const [tested, setTested] = useState<ConnectTestReply | null>(null);
  const [history, setHistory] = useState<HistoryChoice>('all');
  const now = useNow();
  const [kinds, setKinds] = useState<ReadonlyMap<number, JobTypeKind>>(new Map());

  const test = useMutation({
    mutationFn: () => api.testConnection(values),
    onSuccess: (reply) => {
      setTested(reply);
      setKinds(new Map(reply.jobTypes.map(({ id, suggestion }) => [id, suggestion])));
    },
  });
  const connect = useMutation({
    mutationFn: () =>
      api.connect({
        ...values,
        ...(tested?.connectedAs === null ? { backfillFrom: historyStart(history, now) ?? undefined } : {}),
        ...(tested?.connectedAs === null
          ? { classification: [...kinds].map(([jobTypeId, kind]) => ({ jobTypeId, kind })) }
          : {}),
      }),
    onSuccess: async (connection) => {
      notifyDone(`${connection.name} is connected. Its customers are being read.`);
      await queryClient.invalidateQueries();
      await navigate(`/integrations/connections/${connection.id}`);
    },
    // The credentials were refused after all: back to where they can be changed.
    onError: (error) => {
      if (error instanceof ApiError && error.issues.length > 0) setTested(null);
    },
  });
  const error = connect.error ?? test.error;
  const serverErrors = error instanceof ApiError ? messagesByField(error.issues) : {};

  return {
    values,
    /** What the test of the credentials answered; null before it. */
    tested,
    kinds,
    /** How far back the tenant is to be read. */
    history,
    chooseHistory: setHistory,
    /** The tenant that the volume is asked of; null while the form is not filled in. */
    tenant: connectRequest.safeParse(values).data ?? null,
    errors: { ...serverErrors, ...localErrors },
    /** What concerns no single field. */
    error: error && Object.keys(serverErrors).length === 0 ? error : null,
    isTesting: test.isPending,
    isConnecting: connect.isPending,
    change: (next: Values) => {
      setValues(next);
      setLocalErrors({});
      test.reset();
      connect.reset();
    },
    test: () => {
      const errors = checkLocally(values);
      setLocalErrors(errors);
      if (Object.keys(errors).length === 0) test.mutate();
    },
    classify: (jobTypeId: number, kind: JobTypeKind) => setKinds(new Map([...kinds, [jobTypeId, kind]])),
    back: () => setTested(null),
    connect: () => connect.mutate(),
  };
}

export type ConnectFormState = ReturnType<typeof useConnectForm>;
