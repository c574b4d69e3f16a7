/**
 * States can be told without these, if less well: where they may not be read, or somebody paused them. Their twin in SQL
 * is is_dispensable.
 */
export const dispensableResources = ['customer_contacts', 'leads', 'bookings'] as const;
