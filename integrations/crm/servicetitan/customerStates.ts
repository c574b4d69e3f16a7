/** The states that a customer's journey can be set to, in the order in which they are shown. */
export const customerStates = [
  { value: 0, name: 'Contact' },
  { value: 1, name: 'Lead' },
  { value: 2, name: 'Sales appointment booked' },
  { value: 2.5, name: 'Sales appointment canceled' },
  { value: 3, name: 'Estimates created' },
  { value: 4, name: 'Estimate sold' },
  { value: 5, name: 'Install scheduled' },
  { value: 5.5, name: 'Install canceled' },
  { value: 6, name: 'Install complete' },
] as const;
