import type { TeamRecipients } from '#integrations/chou/ChouHost.ts';
import { IntegrationError } from '#integrations/errors.ts';
import type { Clock } from '../clock.ts';
import { layoutHtml } from '../email/layoutHtml.ts';
import { textOf, type TextParagraph } from '../email/layoutText.ts';
import type { SmtpSender } from '../email/SmtpSender.ts';
import type { Database } from '../repositories/database.ts';
import {
  finishTeamMail,
  handOverTeamMail,
  listTeam,
  type TeamMember,
} from '../repositories/hostActionRepository.ts';
import { getWorkspace, type WorkspaceRow } from '../repositories/workspaceRepository.ts';
import { uuidOfKey } from './uuidOfKey.ts';

export interface TeamMail {
  workspaceId: string;
  runId: string | null;
  /** What it is sent once for. */
  key: string;
  to: TeamRecipients;
  subject: string;
  text: string;
  /** The page that it is about. */
  link: string | null;
}

/**
 * Mails to members of a workspace, at once and each by itself. A mail that the server took is not sent again for the
 * same key; one whose outcome is not known goes out again under the same Message-ID, by which mail programs know it.
 */
export class TeamMailer {
  readonly #deps: { database: Database; clock: Clock; sender: Pick<SmtpSender, 'send'> };

  constructor(deps: { database: Database; clock: Clock; sender: Pick<SmtpSender, 'send'> }) {
    this.#deps = deps;
  }

  /** Answers to how many it went. Throws an IntegrationError when it reaches nobody, or is to be tried again. */
  async send(mail: TeamMail): Promise<{ recipients: number }> {
    const { database } = this.#deps;
    const [workspace, team] = await Promise.all([
      getWorkspace(database, mail.workspaceId),
      listTeam(database, mail.workspaceId),
    ]);
    const addresses = chooseRecipients(team, mail.to);
    if (addresses.length === 0) {
      throw new IntegrationError('invalid', 'None of those who are to be told is a member any more.');
    }
    let recipients = 0;
    for (const address of addresses) recipients += (await this.#sendTo(address, mail, workspace)) ? 1 : 0;
    if (recipients > 0) return { recipients };
    throw new IntegrationError(
      'invalid',
      'The mail server refused every address. Check the members’ addresses.',
    );
  }

  /** False: the server refuses this address. */
  async #sendTo(to: string, mail: TeamMail, workspace: WorkspaceRow): Promise<boolean> {
    const { database, clock, sender } = this.#deps;
    const now = clock.now();
    const { workspaceId, runId } = mail;
    const subject = mail.subject.replaceAll(/\s+/g, ' ').slice(0, 300);
    const id = uuidOfKey(`team mail:${workspaceId}:${mail.key}:${to}`);
    const paragraphs = layOut(mail);
    const outcome = await sender.send({
      from: { name: workspace.sender_name, address: workspace.sender_email },
      to,
      subject,
      text: `${textOf(paragraphs)}\n`,
      html: layoutHtml(subject, paragraphs, {
        workspaceName: workspace.name,
        postalAddress: '',
        phone: '',
        unsubscribeUrl: null,
      }),
      messageId: `<${id}@${workspace.sender_email.split('@')[1] ?? 'localhost'}>`,
      date: now,
      headers: { 'Auto-Submitted': 'auto-generated' },
      handOver: () => handOverTeamMail(database, { id, workspaceId, runId, to, subject }, now),
    });
    switch (outcome.type) {
      case 'sent':
        await finishTeamMail(database, { id, status: 'sent' }, now);
        return true;
      case 'refused':
        await finishTeamMail(database, { id, status: 'refused' }, now);
        return false;
      case 'withdrawn':
        return true;
      case 'unknown':
      case 'delayed':
        throw new IntegrationError(
          'unavailable',
          'The mail server did not take the mail: it is tried again later.',
        );
    }
  }
}

function chooseRecipients(team: readonly TeamMember[], { roles, members }: TeamRecipients): string[] {
  const isMeant = ({ user_id: id, role }: TeamMember) =>
    members.includes(id) || roles.some((wanted) => wanted === role);
  return [...new Set(team.filter(isMeant).map(({ email }) => email.toLowerCase()))];
}

/** Values of customers stand in it: nothing in it becomes a link but the one that is ours. */
function layOut({ text, link }: TeamMail): TextParagraph[] {
  const paragraphs = text
    .replaceAll('\r\n', '\n')
    .split(/\n[ \t]*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
    .map((paragraph): TextParagraph =>
      paragraph.split('\n').map((line) => [{ type: 'words', text: line.trim() }]),
    );
  return link === null
    ? paragraphs
    : [...paragraphs, [[{ type: 'link', label: 'Open the customer', url: link }]]];
}
