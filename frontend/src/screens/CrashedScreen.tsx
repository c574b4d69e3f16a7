import { Button, Container, Text, Title } from '@mantine/core';
import { useRouteError } from 'react-router';

/** What stands in for a screen that failed to draw or to load its code (after an update of the server). */
export function CrashedScreen() {
  const error = useRouteError();
  return (
    <Container size="xs" py={96} component="main">
      <Title order={1}>This screen stopped working</Title>
      <Text c="dimmed" mt="sm" mb="lg">
        Nothing that was saved is lost. Reload the page to go on.
        {error instanceof Error ? ` (${error.message})` : ''}
      </Text>
      <Button onClick={() => window.location.reload()}>Reload</Button>
    </Container>
  );
}
