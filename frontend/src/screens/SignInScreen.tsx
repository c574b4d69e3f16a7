import { Alert, Button, Center, Loader, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconAlertTriangle, IconMailCheck } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { api, ApiError } from '../api.ts';
import { ChouMark } from '../components/common/ChouMark.tsx';

/** Asks for an e-mail address, or uses up the link that was sent to it. */
export function SignInScreen() {
  useDocumentTitle('Sign in · Chou');
  const [params] = useSearchParams();
  const token = params.get('token');
  const [refused, setRefused] = useState(false);
  return (
    <Center mih="100dvh" p="lg" component="main">
      <Stack gap="lg" w="100%" maw={380}>
        <Stack align="center" gap="sm">
          <ChouMark size={44} />
          <Title order={1}>Sign in to Chou</Title>
        </Stack>
        <Paper p="xl">
          {token && !refused ? (
            <UseLink token={token} next={localPath(params.get('next'))} onRefused={() => setRefused(true)} />
          ) : (
            <AskForLink linkRefused={refused} />
          )}
        </Paper>
      </Stack>
    </Center>
  );
}

/** Only addresses of this application: a link must not lead elsewhere after signing in. */
function localPath(next: string | null): string {
  return next?.startsWith('/') && !next.startsWith('//') && !next.includes('\\') ? next : '/customers/board';
}

function UseLink({ token, next, onRefused }: { token: string; next: string; onRefused: () => void }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  // A query, not an effect: the token works once, and drawing twice must not use it twice.
  const verified = useQuery({
    queryKey: ['verify', token],
    queryFn: async () => {
      await api.verifySignIn(token);
      return true;
    },
    retry: false,
    staleTime: Infinity,
  });
  const { isSuccess, isError } = verified;
  useEffect(() => {
    if (isError) onRefused();
    if (!isSuccess) return;
    queryClient.removeQueries({ queryKey: ['session'] });
    void navigate(next, { replace: true });
  }, [isSuccess, isError, next, navigate, onRefused, queryClient]);
  return (
    <Stack align="center" gap="md" role="status">
      <Loader size="sm" />
      <Text c="dimmed">Signing you in…</Text>
    </Stack>
  );
}

function AskForLink({ linkRefused }: { linkRefused: boolean }) {
  const [email, setEmail] = useState('');
  const ask = useMutation({ mutationFn: api.requestSignIn });
  if (ask.isSuccess) {
    return (
      <Alert color="leaf" icon={<IconMailCheck size={18} />} title="Look into your mailbox" role="status">
        If {email} is a member, a link to sign in is on its way. It works once.
      </Alert>
    );
  }
  const issue =
    ask.error instanceof ApiError ? ask.error.issues.find(({ field }) => field === 'email') : undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        ask.mutate(email.trim());
      }}
    >
      <Stack gap="md">
        {linkRefused ? (
          <Alert
            color="red"
            icon={<IconAlertTriangle size={18} />}
            title="This link no longer works"
            role="alert"
          >
            Links work once and for a short time. Ask for a new one.
          </Alert>
        ) : null}
        <TextInput
          type="email"
          name="email"
          label="E-mail address"
          autoComplete="email"
          required
          withAsterisk={false}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={ask.error ? (issue?.message ?? ask.error.message) : undefined}
        />
        <Button type="submit" fullWidth loading={ask.isPending}>
          Send me a link
        </Button>
      </Stack>
    </form>
  );
}
