import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from 'react-router/dom';
import { createQueryClient } from './queryClient.ts';
import { router } from './router.tsx';
import { theme } from './theme.ts';

const queryClient = createQueryClient(() => {
  const { pathname, search } = router.state.location;
  if (pathname === '/sign-in') return;
  void router.navigate(`/sign-in?${new URLSearchParams({ next: pathname + search }).toString()}`, {
    replace: true,
  });
});

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
