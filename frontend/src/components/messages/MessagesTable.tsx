import { Link } from 'react-router';
import type { MessageSummary } from '#backend/schemas/api.ts';
import { useSession } from '../../session.ts';
import list from '../common/list.module.css';
import { StatusBadge } from '../common/StatusBadge.tsx';
import { Time } from '../common/Time.tsx';
import { messageBadge } from './messageBadge.ts';

interface MessagesTableProps {
  messages: MessageSummary[];
  onOpen: (messageId: string) => void;
}

export function MessagesTable({ messages, onOpen }: MessagesTableProps) {
  const { timeZone } = useSession().workspace;
  return (
    <div className={list.scroll} tabIndex={0} role="region" aria-label="Messages">
      <table className={list.table}>
        <thead>
          <tr>
            <th scope="col">Subject</th>
            <th scope="col">Status</th>
            <th scope="col">Why</th>
            <th scope="col">Customer</th>
            <th scope="col">Flow</th>
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {messages.map((message) => (
            <tr key={message.id}>
              <td className={list.clip}>
                <button type="button" className={list.plainButton} onClick={() => onOpen(message.id)}>
                  {message.subject}
                </button>
                <div className={list.soft}>{message.to ?? 'No address'}</div>
              </td>
              <td className={list.nowrap}>
                <StatusBadge status={messageBadge(message.status)} />
              </td>
              <td className={list.soft} style={{ minWidth: 140 }}>
                {message.reason ?? '–'}
              </td>
              <td className={list.nowrap}>
                {message.contactId ? (
                  <Link to={`/customers/${message.contactId}`}>{message.customerName}</Link>
                ) : (
                  message.customerName
                )}
              </td>
              <td className={list.nowrap}>
                {message.flowId ? <Link to={`/flows/${message.flowId}`}>{message.flowName}</Link> : '–'}
              </td>
              <td className={list.nowrap}>
                <Time iso={message.sentAt ?? message.createdAt} zone={timeZone} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
