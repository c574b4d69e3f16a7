import { EmptyState } from '../components/common/EmptyState.tsx';
import { LinkButton } from '../components/common/LinkButton.tsx';

export function NotFoundScreen() {
  return (
    <EmptyState
      title="There is nothing at this address"
      action={<LinkButton to="/customers/board">Open the board</LinkButton>}
    >
      The link may be old, or what it named was removed.
    </EmptyState>
  );
}
