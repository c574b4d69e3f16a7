import type { Calls } from '#integrations/crm/servicetitan/operations/calls.ts';
import { address, find, postalAddress, reference, type WriteSamples } from './WriteWorld.ts';

const contacts = [
  { type: 'Email', value: 'sample@example.com' },
  { type: 'MobilePhone', value: '3105550100', memo: 'after five' },
] as const;

async function customer(calls: Calls) {
  return await calls.createCustomer({
    body: {
      name: 'Sample Customer',
      type: 'Residential',
      address,
      contacts: [...contacts],
      locations: [{ name: 'Home', address, contacts: [...contacts], externalData: reference() }],
      externalData: reference(),
      taxExempt: false,
    },
  });
}

async function contact(calls: Calls) {
  const { id } = await customer(calls);
  const { id: contactId } = await calls.createCustomerContact({
    id,
    body: { type: 'Phone', value: '3105550101', memo: 'shop' },
  });
  return { id, contactId };
}

async function lead(calls: Calls) {
  const { id, locations } = await customer(calls);
  const campaign = await find(calls.listCampaigns());
  const reason = await find(calls.listCallReasons());
  return await calls.createLead({
    body: {
      customerId: id,
      locationId: locations[0]?.id,
      campaignId: campaign.id,
      summary: 'Wants an estimate',
      priority: 'High',
      callReasonId: reason.id,
      followUpDate: '2035-01-05T17:00:00Z',
    },
  });
}

async function booking(calls: Calls) {
  return await calls.createBooking({
    body: {
      source: 'Website',
      name: 'Sample Booking',
      address: postalAddress,
      contacts: [...contacts],
      customerType: 'Residential',
      start: '2035-01-05T17:00:00Z',
      summary: 'Please call',
      priority: 'Normal',
      isFirstTimeClient: true,
      externalId: JSON.stringify(reference().externalData),
    },
  });
}

export const crmWrites = {
  createCustomer: customer,
  updateCustomer: async (calls) => {
    const { id } = await customer(calls);
    await calls.updateCustomer({ id, body: {} });
    return await calls.updateCustomer({
      id,
      body: {
        name: 'New Name',
        type: 'Commercial',
        address,
        doNotMail: true,
        active: false,
        externalData: { patchMode: 'Merge', ...reference() },
      },
    });
  },
  createCustomerNote: async (calls) => {
    const { id } = await customer(calls);
    return await calls.createCustomerNote({
      id,
      body: { text: 'Has a dog', pinToTop: true, addToLocations: true },
    });
  },
  addTags: async (calls) => {
    const [{ id }, tag] = [await customer(calls), await find(calls.listTagTypes())];
    await calls.addTags({ body: { customerIds: [id], tagTypeIds: [tag.id] } });
  },
  removeTags: async (calls) => {
    const [{ id }, tag] = [await customer(calls), await find(calls.listTagTypes())];
    await calls.addTags({ body: { customerIds: [id], tagTypeIds: [tag.id] } });
    await calls.removeTags({ body: { customerIds: [id], tagTypeIds: [tag.id] } });
  },
  createCustomerContact: contact,
  updateCustomerContact: async (calls) => {
    const preferences = {
      jobRemindersEnabled: true,
      marketingUpdatesEnabled: false,
      invoiceStatementNotification: true,
    };
    return await calls.updateCustomerContact({
      ...(await contact(calls)),
      body: { value: '3105550102', memo: 'home', preferences },
    });
  },
  deleteCustomerContact: async (calls) => {
    await calls.deleteCustomerContact(await contact(calls));
  },
  createLocation: async (calls) => {
    const { id } = await customer(calls);
    const cabin = await calls.createLocation({
      body: { customerId: id, name: 'Cabin', address, contacts: [...contacts], externalData: reference() },
    });
    await calls.createLocation({
      body: {
        customerId: id,
        name: 'Bare',
        address: { ...address, unit: null, latitude: null, longitude: null },
      },
    });
    return cabin;
  },
  updateLocation: async (calls) => {
    const { locations } = await customer(calls);
    return await calls.updateLocation({
      id: locations[0]?.id ?? 0,
      body: {
        name: 'Beach house',
        address,
        active: false,
        externalData: { patchMode: 'Replace', ...reference() },
      },
    });
  },
  createLead: async (calls) => {
    const campaign = await find(calls.listCampaigns());
    await calls.createLead({
      body: {
        campaignId: campaign.id,
        summary: 'Someone new',
        leadCustomerName: 'Sample Lead',
        leadEmail: 'lead@example.com',
        leadZip: '90001',
      },
    });
    return await lead(calls);
  },
  updateLead: async (calls) => {
    const { id } = await lead(calls);
    return await calls.updateLead({
      id,
      body: { priority: 'Urgent', summary: 'In a hurry', leadPhone: '3105550103' },
    });
  },
  dismissLead: async (calls) => {
    const [{ id }, reason] = [await lead(calls), await find(calls.listCallReasons())];
    await calls.dismissLead({ id, body: { dismissingReasonId: reason.id } });
  },
  followUpLead: async (calls) => {
    const { id } = await lead(calls);
    await calls.followUpLead({ id, body: { followUpDate: '2035-02-01T17:00:00Z' } });
    return await calls.followUpLead({
      id,
      body: { followUpDate: '2035-02-02T17:00:00Z', text: 'Call again', pinToTop: true },
    });
  },
  createLeadNote: async (calls) => {
    const { id } = await lead(calls);
    return await calls.createLeadNote({ id, body: { text: 'Prefers mornings', pinToTop: false } });
  },
  submitLeadForm: async (calls) => {
    await calls.submitLeadForm({ body: { name: 'Form Only' } });
    return await calls.submitLeadForm({
      body: {
        name: 'Form Person',
        email: 'form@example.com',
        phoneNumber: '3105550104',
        address,
        summary: 'From the site',
      },
    });
  },
  createBooking: booking,
  updateBooking: async (calls) => {
    const { id } = await booking(calls);
    return await calls.updateBooking({
      id,
      body: { summary: 'Changed', priority: 'Urgent', customerType: 'Commercial' },
    });
  },
  dismissBooking: async (calls) => {
    const [{ id }, reason] = [await booking(calls), await find(calls.listCallReasons())];
    await calls.dismissBooking({ id, body: { callReasonId: reason.id, dismissingMemo: 'Twice' } });
  },
  createBookingContact: async (calls) => {
    const { id } = await booking(calls);
    return await calls.createBookingContact({
      id,
      body: { type: 'Email', value: 'second@example.com', memo: 'work' },
    });
  },
} as const satisfies Partial<WriteSamples>;
