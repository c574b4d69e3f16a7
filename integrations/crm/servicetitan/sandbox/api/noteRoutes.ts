import type { StoredRow, Collection } from '../Collection.ts';
import { type Desk, requireRow } from '../office/Desk.ts';
import { describeNote, type NewNote } from '../office/notes.ts';
import type { Resource } from '../resources/defineResource.ts';
import {
  customerNotes,
  jobNotes,
  leadNotes,
  locationNotes,
  projectNotes,
} from '../resources/noteResources.ts';
import type { NoteRow } from '../rows/noteRows.ts';
import type { ScopedResource } from '../scopes.ts';
import type { TenantRecords } from '../TenantRecords.ts';
import { notFound } from './ApiError.ts';
import { newNote } from './bodyMembers.ts';
import { customerNoteBody, locationNoteBody } from './customerBodies.ts';
import { listPart } from './listPart.ts';
import { type Call, pathId, readBody, type Route } from './route.ts';

interface Noted {
  /** The records that notes are about. */
  readonly path: string;
  readonly scope: ScopedResource;
  readonly noun: string;
  readonly select: (records: TenantRecords) => Collection<StoredRow>;
  readonly resource: Resource;
  /** What the list does not show. */
  readonly hidden: readonly string[];
  readonly notesOf: (records: TenantRecords, id: number) => readonly NoteRow[];
  readonly add: (call: Call, id: number) => NoteRow;
}

function routesOf({ path, scope, noun, select, resource, hidden, notesOf, add }: Noted): Route[] {
  const aboutId = (call: Call) => requireRow(select(call.desk.records), noun, pathId(call)).id;
  return [
    {
      method: 'GET',
      path: `${path}/:id/notes`,
      scope,
      handle: (call) => {
        const notes = notesOf(call.desk.records, aboutId(call)).filter((note) => note.active);
        return listPart(call, notes, ['active', ...hidden]);
      },
    },
    {
      method: 'POST',
      path: `${path}/:id/notes`,
      scope,
      handle: (call) => resource.get(call.desk.records, add(call, aboutId(call)).id),
    },
  ];
}

/** Deletes a note: it is inactive from then on. */
function deleteRoute<Row extends NoteRow>(
  { path, scope }: Pick<Noted, 'path' | 'scope'>,
  notesOf: (call: Call) => { notes: Collection<Row>; own: readonly Row[] },
): Route {
  return {
    method: 'DELETE',
    path: `${path}/:id/notes/:noteId`,
    scope,
    handle: (call) => {
      const { notes, own } = notesOf(call);
      const noteId = pathId(call, 'noteId');
      const note = own.find((row) => row.id === noteId && row.active);
      if (!note) throw notFound('Note', noteId);
      notes.put({ ...note, active: false, modifiedOn: call.desk.now });
    },
  };
}

function addToCustomer(desk: Desk, customerId: number, note: NewNote): NoteRow {
  const { customer_notes: notes } = desk.records;
  return notes.put({ ...describeNote(desk, notes, note), customerId });
}

function addToLocation(desk: Desk, locationId: number, note: NewNote): NoteRow {
  const { location_notes: notes } = desk.records;
  return notes.put({ ...describeNote(desk, notes, note), locationId });
}

const customers = { path: 'crm/v2/tenant/:tenant/customers', scope: 'crm.customers' } as const;
const locations = { path: 'crm/v2/tenant/:tenant/locations', scope: 'crm.locations' } as const;

export const noteRoutes: readonly Route[] = [
  ...routesOf({
    ...customers,
    noun: 'Customer',
    select: (records) => records.customers,
    resource: customerNotes,
    hidden: ['customerId'],
    notesOf: (records, id) => records.customer_notes.ownedBy(id),
    add: (call, customerId) => {
      const { addToLocations, ...note } = readBody(call, customerNoteBody);
      if (addToLocations) {
        const places = call.desk.records.locations.ownedBy(customerId).filter((row) => row.active);
        for (const place of places) addToLocation(call.desk, place.id, note);
      }
      return addToCustomer(call.desk, customerId, note);
    },
  }),
  deleteRoute(customers, (call) => {
    const { customers: all, customer_notes: notes } = call.desk.records;
    return { notes, own: notes.ownedBy(requireRow(all, 'Customer', pathId(call)).id) };
  }),
  ...routesOf({
    ...locations,
    noun: 'Location',
    select: (records) => records.locations,
    resource: locationNotes,
    hidden: ['locationId'],
    notesOf: (records, id) => records.location_notes.ownedBy(id),
    add: (call, locationId) => {
      const { addToCustomer: isShared, ...note } = readBody(call, locationNoteBody);
      const customerId = call.desk.records.locations.get(locationId)?.customerId;
      if (isShared && customerId) addToCustomer(call.desk, customerId, note);
      return addToLocation(call.desk, locationId, note);
    },
  }),
  deleteRoute(locations, (call) => {
    const { locations: all, location_notes: notes } = call.desk.records;
    return { notes, own: notes.ownedBy(requireRow(all, 'Location', pathId(call)).id) };
  }),
  ...routesOf({
    path: 'crm/v2/tenant/:tenant/leads',
    scope: 'crm.leads',
    noun: 'Lead',
    select: (records) => records.leads,
    resource: leadNotes,
    hidden: ['leadId'],
    notesOf: (records, id) => records.lead_notes.ownedBy(id),
    add: (call, leadId) => {
      const { lead_notes: notes } = call.desk.records;
      return notes.put({ ...describeNote(call.desk, notes, readBody(call, newNote)), leadId });
    },
  }),
  ...routesOf({
    path: 'jpm/v2/tenant/:tenant/jobs',
    scope: 'jpm.jobs',
    noun: 'Job',
    select: (records) => records.jobs,
    resource: jobNotes,
    hidden: ['id', 'jobId'],
    notesOf: (records, id) => records.job_notes.ownedBy(id),
    add: (call, jobId) => {
      const { job_notes: notes } = call.desk.records;
      return notes.put({ ...describeNote(call.desk, notes, readBody(call, newNote)), jobId });
    },
  }),
  ...routesOf({
    path: 'jpm/v2/tenant/:tenant/projects',
    scope: 'jpm.projects',
    noun: 'Project',
    select: (records) => records.projects,
    resource: projectNotes,
    hidden: ['id', 'projectId'],
    notesOf: (records, id) => records.project_notes.ownedBy(id),
    add: (call, projectId) => {
      const { project_notes: notes } = call.desk.records;
      return notes.put({ ...describeNote(call.desk, notes, readBody(call, newNote)), projectId });
    },
  }),
];
