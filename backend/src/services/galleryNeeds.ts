import type { ConnectionDiagnosis } from '#integrations/ConnectionDiagnosis.ts';
import { permissionTitle } from '#integrations/crm/servicetitan/diagnosis/permissionTitle.ts';
import { operationOf } from '#integrations/crm/servicetitan/resources.ts';
import { scopeOf } from '#integrations/crm/servicetitan/scopes.ts';
import type { GalleryFlow } from '../flow/gallery/galleryFlow.ts';
import type { WorkspaceRow } from '../repositories/workspaceRepository.ts';
import type { GalleryNeed } from '../schemas/flowApi.ts';
import type { NameBook } from './NameBook.ts';

export interface NeedsQuestion {
  workspace: WorkspaceRow;
  book: NameBook;
  connections: readonly { name: string; diagnosis: ConnectionDiagnosis | null }[];
}

type FindScopes = (actionId: string) => { scopes?: readonly string[] } | undefined;

/** What a flow of the gallery needs of a workspace and its tenants, and what of it is missing. */
export function needsOf(flow: GalleryFlow, question: NeedsQuestion, findAction: FindScopes): GalleryNeed[] {
  return [
    ...connectionNeeds(question),
    ...settingNeeds(flow, question.workspace),
    ...permissionNeeds(flow, question, findAction),
    ...nameNeeds(flow, question.book),
  ];
}

function permissionNeeds(
  { graph, reads }: GalleryFlow,
  { connections }: NeedsQuestion,
  findAction: FindScopes,
): GalleryNeed[] {
  const written = graph.nodes.flatMap(({ type, data }) =>
    type === 'action' ? (findAction(data.actionId)?.scopes ?? []) : [],
  );
  const scopes = new Set([...reads.map((resource) => scopeOf(operationOf(resource))), ...written]);
  const byTitle = Map.groupBy(scopes, permissionTitle);
  return [...byTitle].map(([title, same]) => {
    const without = connections.filter(
      ({ diagnosis }) => diagnosis && same.some((scope) => isMissing(diagnosis, scope)),
    );
    const apps = without.map(({ name }) => name).join(' and ');
    const help = `Grant it to the app of ${apps || 'the tenant'} in ServiceTitan, then check the connection again.`;
    return { kind: 'permission', title, help, met: without.length === 0 };
  });
}

function connectionNeeds({ connections }: NeedsQuestion): GalleryNeed[] {
  const help = 'Connect ServiceTitan in Integrations: without a tenant nothing starts.';
  return connections.length > 0 ? [] : [{ kind: 'setting', title: 'A connected tenant', help, met: false }];
}

function isMissing({ scopes }: ConnectionDiagnosis, wanted: string): boolean {
  return scopes.some(
    ({ scope, read, write }) =>
      (wanted === `${scope}:r` && read === 'missing') || (wanted === `${scope}:w` && write === 'missing'),
  );
}

function settingNeeds({ graph }: GalleryFlow, workspace: WorkspaceRow): GalleryNeed[] {
  const mails = graph.nodes.flatMap((node) => (node.type === 'send_email' ? [node.data] : []));
  const uses = (variable: string) => mails.some(({ body }) => body.includes(variable));
  const need = (title: string, value: string): GalleryNeed => ({
    kind: 'setting',
    title,
    help: 'Enter it in Settings.',
    met: value.trim() !== '',
  });
  return [
    ...(mails.some((mail) => mail.class === 'marketing')
      ? [need('Postal address', workspace.postal_address)]
      : []),
    ...(uses('workspace.reviewUrl') ? [need('Review link', workspace.review_url)] : []),
    ...(uses('workspace.phone') ? [need('Phone number', workspace.phone)] : []),
  ];
}

function nameNeeds({ references }: GalleryFlow, book: NameBook): GalleryNeed[] {
  return references.map(({ kind, name }) => ({
    kind,
    title: name,
    help: 'Choose yours in the flow: it cannot be published before.',
    met: book.findAllByName(kind, name).length > 0,
  }));
}
