import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { StoryReply } from '#backend/schemas/api.ts';
import { queries } from '../../queries.ts';

export interface PlayedStory {
  key: string;
  connectionId: string;
  outcome: string;
  reply: StoryReply;
}

/** What an event of the sandbox did, and the way to the customer. */
export function StoryResult({ story }: { story: PlayedStory }) {
  const { connectionId, outcome, reply } = story;
  const { customerId, customerName, summary } = reply;
  const found = useQuery(queries.findCustomers({ connectionId, search: customerName }));
  const contactId = found.data?.customers.find(
    (customer) => customerId !== null && customer.servicetitanCustomerId === customerId,
  )?.contactId;
  const address = contactId
    ? `/customers/${contactId}`
    : `/customers?${new URLSearchParams({ search: customerName }).toString()}`;
  return (
    <Text size="sm" component="div" title={summary}>
      <Link to={address}>{customerName}</Link>: {outcome}.
    </Text>
  );
}
