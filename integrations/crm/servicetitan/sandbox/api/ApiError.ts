export type FieldErrors = Readonly<Record<string, readonly string[]>>;

/** A refusal that the caller gets to see, in ServiceTitan's words. */
export class ApiError extends Error {
  readonly status: number;
  readonly errors: FieldErrors;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    title: string,
    { errors = {}, headers = {} }: { errors?: FieldErrors; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(title);
    this.name = 'ApiError';
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

/** A 400 that names each refused field. */
export function invalid(errors: FieldErrors): ApiError {
  return new ApiError(400, 'One or more validation errors occurred.', { errors });
}

export function notFound(what: string, id: number | string): ApiError {
  return new ApiError(404, `${what} with id ${id} was not found.`);
}

export function conflict(title: string): ApiError {
  return new ApiError(409, title);
}

const problemTypes: Readonly<Record<number, string>> = {
  400: 'https://tools.ietf.org/html/rfc7231#section-6.5.1',
  401: 'https://tools.ietf.org/html/rfc7235#section-3.1',
  403: 'https://tools.ietf.org/html/rfc7231#section-6.5.3',
  404: 'https://tools.ietf.org/html/rfc7231#section-6.5.4',
  409: 'https://tools.ietf.org/html/rfc7231#section-6.5.8',
  429: 'https://tools.ietf.org/html/rfc6585#section-4',
};

/** The body of an error answer: always the same six members. */
export function problemBody(
  error: { status: number; message: string; errors?: FieldErrors },
  traceId: string,
) {
  return {
    type: problemTypes[error.status] ?? 'https://tools.ietf.org/html/rfc7231#section-6.6.1',
    title: error.message,
    status: error.status,
    traceId,
    errors: error.errors ?? {},
    data: {},
  };
}
