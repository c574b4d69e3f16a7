import { Button, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';

/** Says why something could not be shown, with a way out. */
export function ErrorState({ error, onRetry }: { error: Error; onRetry: () => void }) {
  return (
    <Stack align="center" gap="sm" py={64} px="lg" ta="center" role="alert">
      <IconAlertTriangle color="var(--chou-bad)" aria-hidden />
      <Title order={2} size="lg">
        This could not be loaded
      </Title>
      <Text c="dimmed" maw={440}>
        {error.message}
      </Text>
      <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={onRetry}>
        Try again
      </Button>
    </Stack>
  );
}
