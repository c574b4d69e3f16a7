import { Title } from '@mantine/core';
import { useEffect, useRef } from 'react';

/** The title of a step that took the place of another: it takes the focus, which went with the button before. */
export function StepTitle({ children }: { children: string }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  return (
    <Title ref={title} tabIndex={-1} order={2} size="lg">
      {children}
    </Title>
  );
}
