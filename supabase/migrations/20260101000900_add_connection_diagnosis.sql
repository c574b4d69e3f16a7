-- The last diagnosis of a connection, so that everybody sees what was found without asking ServiceTitan again.

alter table public.integration_connections add column diagnosis jsonb;
comment on column public.integration_connections.diagnosis is 'Why the connection works or does not, as last found: verdict, remedy and the matrix of permissions. Holds no secret.';
