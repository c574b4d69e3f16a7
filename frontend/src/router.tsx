import { lazy } from 'react';
import { createBrowserRouter, Navigate } from 'react-router';
import { Shell } from './components/shell/Shell.tsx';
import { CrashedScreen } from './screens/CrashedScreen.tsx';
import { NotFoundScreen } from './screens/NotFoundScreen.tsx';

// One bundle for each screen: React Flow is loaded only where a flow is drawn.
const SignInScreen = lazy(async () => ({
  default: (await import('./screens/SignInScreen.tsx')).SignInScreen,
}));
const BoardScreen = lazy(async () => ({ default: (await import('./screens/BoardScreen.tsx')).BoardScreen }));
const CustomersScreen = lazy(async () => ({
  default: (await import('./screens/CustomersScreen.tsx')).CustomersScreen,
}));
const CustomerScreen = lazy(async () => ({
  default: (await import('./screens/CustomerScreen.tsx')).CustomerScreen,
}));
const FlowsScreen = lazy(async () => ({ default: (await import('./screens/FlowsScreen.tsx')).FlowsScreen }));
const FlowScreen = lazy(async () => ({ default: (await import('./screens/FlowScreen.tsx')).FlowScreen }));
const GalleryScreen = lazy(async () => ({
  default: (await import('./screens/GalleryScreen.tsx')).GalleryScreen,
}));
const RunsScreen = lazy(async () => ({ default: (await import('./screens/RunsScreen.tsx')).RunsScreen }));
const RunScreen = lazy(async () => ({ default: (await import('./screens/RunScreen.tsx')).RunScreen }));
const MessagesScreen = lazy(async () => ({
  default: (await import('./screens/MessagesScreen.tsx')).MessagesScreen,
}));
const IntegrationsScreen = lazy(async () => ({
  default: (await import('./screens/IntegrationsScreen.tsx')).IntegrationsScreen,
}));
const ConnectScreen = lazy(async () => ({
  default: (await import('./screens/ConnectScreen.tsx')).ConnectScreen,
}));
const ConnectionScreen = lazy(async () => ({
  default: (await import('./screens/ConnectionScreen.tsx')).ConnectionScreen,
}));
const SettingsScreen = lazy(async () => ({
  default: (await import('./screens/SettingsScreen.tsx')).SettingsScreen,
}));
const MailboxScreen = lazy(async () => ({
  default: (await import('./screens/MailboxScreen.tsx')).MailboxScreen,
}));
const SandboxScreen = lazy(async () => ({
  default: (await import('./screens/SandboxScreen.tsx')).SandboxScreen,
}));

export const router = createBrowserRouter([
  {
    path: '/sign-in',
    errorElement: <CrashedScreen />,
    element: <SignInScreen />,
  },
  {
    path: '/',
    errorElement: <CrashedScreen />,
    element: <Shell />,
    children: [
      { index: true, element: <Navigate to="/customers/board" replace /> },
      { path: 'customers/board', element: <BoardScreen /> },
      { path: 'customers', element: <CustomersScreen /> },
      { path: 'customers/:contactId', element: <CustomerScreen /> },
      { path: 'flows', element: <FlowsScreen /> },
      { path: 'flows/gallery', element: <GalleryScreen /> },
      { path: 'flows/:flowId', element: <FlowScreen /> },
      { path: 'flows/:flowId/runs', element: <RunsScreen /> },
      { path: 'runs', element: <RunsScreen /> },
      { path: 'runs/:runId', element: <RunScreen /> },
      { path: 'messages', element: <MessagesScreen /> },
      { path: 'integrations', element: <IntegrationsScreen /> },
      { path: 'integrations/servicetitan/connect', element: <ConnectScreen /> },
      { path: 'integrations/connections/:connectionId', element: <ConnectionScreen /> },
      { path: 'settings', element: <SettingsScreen /> },
      { path: 'mailbox', element: <MailboxScreen /> },
      { path: 'sandbox', element: <SandboxScreen /> },
      { path: '*', element: <NotFoundScreen /> },
    ],
  },
]);
