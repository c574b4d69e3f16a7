import {
  IconFlask,
  IconInbox,
  IconMail,
  IconPlugConnected,
  IconRoute,
  IconSettings,
  IconUsers,
  type Icon,
} from '@tabler/icons-react';
import { Link, useLocation } from 'react-router';
import styles from './Shell.module.css';

interface Place {
  to: string;
  label: string;
  icon: Icon;
  /** Addresses that belong to the place. */
  below: string[];
}

const places: Place[] = [
  { to: '/customers/board', label: 'Customers', icon: IconUsers, below: ['/customers'] },
  { to: '/flows', label: 'Flows', icon: IconRoute, below: ['/flows', '/runs'] },
  { to: '/messages', label: 'Messages', icon: IconMail, below: ['/messages'] },
  { to: '/integrations', label: 'Integrations', icon: IconPlugConnected, below: ['/integrations'] },
];
/** Seldom needed: where the rail lies across a narrow screen, the account's menu leads there. */
const settings: Place = { to: '/settings', label: 'Settings', icon: IconSettings, below: ['/settings'] };
const embeddedPlaces: Place[] = [
  { to: '/mailbox', label: 'Mailbox', icon: IconInbox, below: ['/mailbox'] },
  { to: '/sandbox', label: 'Sandbox', icon: IconFlask, below: ['/sandbox'] },
];

function PlaceLink({ to, label, icon: Shape, below }: Place) {
  const { pathname } = useLocation();
  const here = below.some((start) => pathname === start || pathname.startsWith(`${start}/`));
  return (
    <li>
      <Link to={to} className={styles.place} aria-current={here ? 'page' : undefined}>
        <Shape size={20} stroke={1.7} aria-hidden />
        <span>{label}</span>
      </Link>
    </li>
  );
}

/** The places of the application; the embedded mode's own stand apart. */
export function NavRail({ embedded, across = false }: { embedded: boolean; across?: boolean }) {
  return (
    <div className={across ? styles.across : styles.rail}>
      <ul>
        {places.map((place) => (
          <PlaceLink key={place.to} {...place} />
        ))}
        {across ? null : <PlaceLink {...settings} />}
      </ul>
      {embedded ? (
        <ul aria-label="Demo" className={styles.apart}>
          {embeddedPlaces.map((place) => (
            <PlaceLink key={place.to} {...place} />
          ))}
        </ul>
      ) : null}
    </div>
  );
}
