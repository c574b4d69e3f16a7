/** What the office sells: services of the pricebook, with the ids that they have in every tenant. */
export const offers = [
  { skuId: 9101, name: 'Heat pump 3 ton', description: 'Heat pump, 3 ton, with smart thermostat' },
  { skuId: 9102, name: 'Furnace 80k BTU', description: 'Gas furnace, 80,000 BTU, two stages' },
  { skuId: 9103, name: 'Air conditioner 16 SEER', description: 'Air conditioner, 16 SEER, with line set' },
  { skuId: 9104, name: 'Tankless water heater', description: 'Tankless water heater, gas, outdoor' },
  {
    skuId: 9105,
    name: 'Water heater 50 gal',
    description: 'Water heater, 50 gallons, with expansion tank',
  },
] as const;
