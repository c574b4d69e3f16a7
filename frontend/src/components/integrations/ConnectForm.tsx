import { CredentialsStep } from './CredentialsStep.tsx';
import { JobTypesStep } from './JobTypesStep.tsx';
import { RenewStep } from './RenewStep.tsx';
import { useConnectForm } from './useConnectForm.ts';

interface ConnectFormProps {
  credentialSchema: unknown;
  /** What the zone is likely to be. */
  timeZone: string;
  environment: string;
}

/** Connects a tenant in two steps: credentials, tested at once; then what its job types mean. */
export function ConnectForm({ credentialSchema, timeZone, environment }: ConnectFormProps) {
  const form = useConnectForm({ timeZone, environment });
  if (!form.tested) return <CredentialsStep form={form} credentialSchema={credentialSchema} />;
  if (form.tested.connectedAs === null) return <JobTypesStep form={form} jobTypes={form.tested.jobTypes} />;
  return <RenewStep form={form} connectedAs={form.tested.connectedAs} />;
}
