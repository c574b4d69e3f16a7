import type { Calls } from '#integrations/crm/servicetitan/operations/calls.ts';
import { find, reference, type WriteSamples } from './WriteWorld.ts';

async function campaignBody(calls: Calls) {
  const known = await find(calls.listCampaigns(), ({ category }) => category !== null);
  const unit = await find(calls.listBusinessUnits());
  return {
    name: 'Sample campaign',
    businessUnitId: unit.id,
    categoryId: known.category?.id ?? 0,
    active: true,
  };
}

async function service(calls: Calls) {
  return await calls.createService({
    body: {
      code: `S-${JSON.stringify(reference().externalData)}`,
      description: 'Sample service',
      price: 120.5,
      warranty: { duration: 12 },
      externalData: reference(),
    },
  });
}

async function equipment(calls: Calls) {
  const location = await find(calls.listLocations(), ({ active }) => active);
  await calls.createInstalledEquipment({ body: { locationId: location.id } });
  return await calls.createInstalledEquipment({
    body: {
      locationId: location.id,
      name: 'Heat pump',
      serialNumber: 'SN-1',
      manufacturer: 'Sample Works',
      model: 'HP-2',
      cost: 2000,
      installedOn: '2026-01-05T17:00:00Z',
      actualReplacementDate: '2035-01-31',
      manufacturerWarrantyStart: '2026-01-05T00:00:00Z',
      attachments: [{ type: 'Image', url: 'https://example.com/plate.png', alias: 'Plate' }],
    },
  });
}

async function technicianBody(calls: Calls) {
  const unit = await find(calls.listBusinessUnits());
  const known = await find(calls.listTechnicians(), ({ roleIds }) => (roleIds?.length ?? 0) > 0);
  return {
    name: 'Sample Technician',
    email: 'technician@example.com',
    accountCreationMethod: 'CreateLater',
    businessUnitId: unit.id,
    roleId: known.roleIds?.[0] ?? 1,
    positions: ['Sales', 'Installer'],
    licenseType: 'ManagedTech',
    home: { street: '1 Home Street', city: 'Exampleton', zip: '90000' },
    dailyGoal: 1000,
  } as const;
}

export const otherWrites = {
  updateBusinessUnit: async (calls) => {
    const { id } = await find(calls.listBusinessUnits());
    return await calls.updateBusinessUnit({
      id,
      body: { externalData: { patchMode: 'Merge', ...reference() } },
    });
  },
  createTechnician: async (calls) => {
    const body = await technicianBody(calls);
    return await calls.createTechnician({ body: { ...body, positions: [...body.positions] } });
  },
  updateTechnician: async (calls) => {
    const { id } = await find(calls.listTechnicians(), ({ active }) => active);
    return await calls.updateTechnician({ id, body: { memo: 'On leave', team: 'North', dailyGoal: null } });
  },
  createCampaign: async (calls) => await calls.createCampaign({ body: await campaignBody(calls) }),
  updateCampaign: async (calls) => {
    const body = await campaignBody(calls);
    const { id } = await calls.createCampaign({ body });
    return await calls.updateCampaign({
      id,
      body: { ...body, name: 'Changed campaign', source: 'Radio', active: false },
    });
  },
  suppressEmails: async (calls) => {
    await calls.suppressEmails({
      body: { emails: ['suppressed@example.com', 'bounced@example.com'], reason: 'Bounce' },
    });
  },
  unsuppressEmails: async (calls) => {
    await calls.suppressEmails({ body: { emails: ['welcome@example.com'], reason: 'Unsubscribe' } });
    await calls.unsuppressEmails({ body: { emails: ['welcome@example.com'] } });
  },
  updateMembership: async (calls) => {
    const { id } = await find(calls.listMemberships(), ({ active }) => active);
    return await calls.updateMembership({ id, body: { memo: 'Prefers spring' } });
  },
  sellMembership: async (calls) => {
    const [location, unit] = [
      await find(calls.listLocations(), ({ active }) => active),
      await find(calls.listBusinessUnits()),
    ];
    const [type, task] = [
      await find(calls.listMembershipTypes()),
      await find(calls.listServices(), ({ active }) => active),
    ];
    return await calls.sellMembership({
      body: {
        customerId: location.customerId,
        locationId: location.id,
        businessUnitId: unit.id,
        saleTaskId: task.id,
        durationBillingId: type.id,
        recurringServiceAction: 'All',
      },
    });
  },
  createInstalledEquipment: equipment,
  updateInstalledEquipment: async (calls) => {
    const { id } = await equipment(calls);
    return await calls.updateInstalledEquipment({
      id,
      body: { status: 'Replaced', memo: 'Old', actualReplacementDate: null, cost: null },
    });
  },
  updateCall: async (calls) => {
    const { id } = await find(calls.listCalls());
    const place = {
      street: '1 Call Street',
      unit: '',
      country: 'USA',
      city: 'Exampleton',
      state: 'CA',
      zip: '90000',
    };
    const { customerId, id: locationId } = await find(calls.listLocations(), ({ active }) => active);
    const contacts = [{ type: 'Phone', value: '3105550105', memo: '' }];
    return await calls.updateCall({
      id,
      body: {
        callType: 'Excused',
        excuseMemo: 'Wrong number',
        reason: { name: 'Question', lead: false },
        customer: { id: customerId, name: 'Sample Caller', address: place, contacts },
        location: { id: locationId, name: 'Home', address: place, contacts },
        tag: 'sample',
      },
    });
  },
  createOptOuts: async (calls) =>
    await calls.createOptOuts({
      body: { optOutType: 'Marketing', contactNumbers: ['+13105550106', '+13105550107'] },
    }),
  findOptOuts: async (calls) => {
    await calls.createOptOuts({ body: { optOutType: 'Global', contactNumbers: ['+13105550108'] } });
    return await calls.findOptOuts({ body: { contactNumbers: ['+13105550108', '+13105550199'] } });
  },
  createTask: async (calls) => {
    const { employees, taskTypes, taskSources, businessUnits } = await calls.getTaskChoices();
    const { id: customerId } = await find(calls.listCustomers());
    return await calls.createTask({
      body: {
        reportedById: employees[0]?.id ?? 0,
        assignedToId: employees[0]?.id ?? 0,
        isClosed: false,
        name: 'Call back',
        businessUnitId: businessUnits[0]?.value ?? 0,
        employeeTaskTypeId: taskTypes[0]?.id ?? 0,
        employeeTaskSourceId: taskSources[0]?.id ?? 0,
        reportedDate: '2026-01-05T17:00:00Z',
        completeBy: '2026-01-06T17:00:00Z',
        customerId,
        description: 'About the second option.',
        priority: 'High',
      },
    });
  },
  createService: service,
  updateService: async (calls) => {
    const { id } = await service(calls);
    return await calls.updateService({
      id,
      body: { price: 130, active: false, displayName: 'Changed service' },
    });
  },
  deleteService: async (calls) => {
    const { id } = await service(calls);
    await calls.deleteService({ id });
  },
} as const satisfies Partial<WriteSamples>;
