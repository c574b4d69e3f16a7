import {
  IconArrowForward,
  IconArrowsSplit2,
  IconBolt,
  IconCalendarTime,
  IconCircleCheck,
  IconClockHour4,
  IconHourglass,
  IconMail,
  IconPercentage,
  IconPlayerPlay,
  IconSunrise,
  IconTool,
  type Icon,
} from '@tabler/icons-react';
import type { NodeType } from '#backend/schemas/flow.ts';

const icons = {
  trigger: IconPlayerPlay,
  send_email: IconMail,
  wait: IconClockHour4,
  wait_time: IconSunrise,
  wait_until: IconCalendarTime,
  wait_event: IconHourglass,
  condition: IconArrowsSplit2,
  split: IconPercentage,
  go_to: IconArrowForward,
  action: IconBolt,
  end: IconCircleCheck,
} as const satisfies Record<NodeType, Icon>;

interface NodeIconProps {
  type: NodeType;
  brand: string | null;
  size: number;
}

/** The shape that a step is known by; ServiceTitan's actions have their own. */
export function NodeIcon({ type, brand, size }: NodeIconProps) {
  const look = { size, stroke: 1.7, 'aria-hidden': true } as const;
  if (brand === 'servicetitan') return <IconTool {...look} />;
  const Shape = icons[type];
  return <Shape {...look} />;
}
