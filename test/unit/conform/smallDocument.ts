/** An OpenAPI document with everything that the check must understand. */
export const smallDocument = {
  openapi: '3.0.1',
  servers: [{ url: 'https://api.example.com/crm/v2' }],
  paths: {
    '/tenant/{tenant}/things': {
      get: {
        parameters: [
          { name: 'tenant', in: 'path', required: true, schema: { type: 'integer', format: 'int64' } },
          { name: 'ids', in: 'query', required: true, schema: { type: 'string' } },
          { name: 'size', in: 'query', schema: { type: 'integer', format: 'int32', nullable: true } },
          { name: 'since', in: 'query', schema: { type: 'string', format: 'date-time', nullable: true } },
          {
            name: 'kind',
            in: 'query',
            schema: { type: 'string', oneOf: [{ $ref: '#/components/schemas/Kind' }], nullable: true },
          },
          {
            name: 'states',
            in: 'query',
            schema: { type: 'array', items: { $ref: '#/components/schemas/Kind' } },
          },
          {
            name: 'fields',
            in: 'query',
            schema: { type: 'object', additionalProperties: { type: 'string' }, nullable: true },
          },
        ],
        responses: {
          200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Page' } } } },
          400: {
            content: { 'application/json': { schema: { $ref: '#/components/schemas/ApiErrorResponse' } } },
          },
        },
      },
    },
    '/tenant/{tenant}/things/{id}/close': {
      put: {
        parameters: [
          { name: 'tenant', in: 'path', required: true, schema: { type: 'integer', format: 'int64' } },
          { name: 'id', in: 'path', required: true, schema: { type: 'integer', format: 'int64' } },
        ],
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                additionalProperties: false,
                required: ['reason'],
                properties: { reason: { type: 'string', minLength: 1, maxLength: 20 } },
              },
            },
          },
        },
        responses: { 200: { description: '' } },
      },
    },
  },
  components: {
    schemas: {
      ApiErrorResponse: {
        type: 'object',
        additionalProperties: false,
        required: ['title'],
        properties: { title: { type: 'string' } },
      },
      Kind: { type: 'string', enum: ['Big', 'Small'], 'x-enumNames': ['Big', 'Small'] },
      Page: {
        type: 'object',
        additionalProperties: false,
        required: ['data'],
        properties: { data: { type: 'array', items: { $ref: '#/components/schemas/Thing' } } },
      },
      Thing: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'name', 'kind', 'createdOn'],
        properties: {
          id: { type: 'integer', format: 'int64' },
          count: { type: 'integer', format: 'int32', nullable: true },
          share: { type: 'number', format: 'decimal', minimum: 0, maximum: 100 },
          name: { type: 'string', maxLength: 30 },
          kind: { type: 'string', oneOf: [{ $ref: '#/components/schemas/Kind' }] },
          otherKind: { nullable: true, oneOf: [{ $ref: '#/components/schemas/Kind' }] },
          createdOn: { type: 'string', format: 'date-time' },
          day: { type: 'string', format: 'date', nullable: true },
          guid: { type: 'string', format: 'guid' },
          mail: { type: 'string', format: 'email', nullable: true },
          length: { type: 'string', format: 'duration' },
          note: { type: 'string', format: 'html', nullable: true },
          color: { type: 'string', pattern: '^#([0-9A-Fa-f]{6})$' },
          texts: { type: 'object', additionalProperties: { type: 'string' }, nullable: true },
          anything: { nullable: true },
          parts: { type: 'array', nullable: true, items: { $ref: '#/components/schemas/Thing' } },
        },
      },
    },
  },
} as const;
