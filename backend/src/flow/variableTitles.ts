/** What people call the names that templates may use. */
const titles = {
  Customer: {
    'customer.firstName': 'First name',
    'customer.name': 'Name',
    'customer.email': 'E-mail address',
    'customer.phone': 'Phone number',
    'customer.city': 'City',
  },
  Job: {
    'job.jobNumber': 'Job number',
    'job.summary': 'Summary',
    'job.type': 'Job type',
    'job.status': 'Status',
    'job.total': 'Total',
  },
  Appointment: {
    'appointment.date': 'Date',
    'appointment.time': 'Time',
    'appointment.window': 'Arrival window',
  },
  Estimates: {
    'estimate.name': 'Name of the newest',
    'estimate.total': 'Total of the newest',
    'estimate.count': 'Number of estimates',
    'estimate.openTotal': 'Total of the open ones',
    'estimate.soldTotal': 'Total of the sold ones',
  },
  Company: {
    'workspace.name': 'Name',
    'workspace.phone': 'Phone number',
    'workspace.website': 'Website',
    'workspace.postalAddress': 'Postal address',
    'workspace.reviewUrl': 'Review link',
  },
} as const;

export const variableTitles: ReadonlyMap<string, { title: string; group: string }> = new Map(
  Object.entries(titles).flatMap(([group, names]) =>
    Object.entries(names).map(([name, title]): [string, { title: string; group: string }] => [
      name,
      { title, group },
    ]),
  ),
);
