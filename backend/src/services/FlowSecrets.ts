import { z } from 'zod';
import { IntegrationError } from '#integrations/errors.ts';
import type { DraftGraph, FlowProblem } from '../schemas/flow.ts';
import type { CredentialCipher } from './CredentialCipher.ts';

const sealed = /^sealed\.([0-9a-f]{12})\.([\w+/=]+)$/;
const actionValues = z.looseObject({
  actionId: z.string(),
  input: z.record(z.string(), z.unknown()),
});
const secretMeta = z.object({ sensitive: z.literal('secret') });

/**
 * Secrets in flows: a flow holds them encrypted with the installation's key, for its workspace and for the host that they
 * are sent to. Whoever may edit flows can thus use a secret where it belongs, and neither read it nor send it elsewhere.
 */
export class FlowSecrets {
  readonly #cipher: CredentialCipher;
  readonly #findAction: (actionId: string) => { input: z.ZodObject } | undefined;

  constructor(deps: {
    cipher: CredentialCipher;
    findAction(actionId: string): { input: z.ZodObject } | undefined;
  }) {
    this.#cipher = deps.cipher;
    this.#findAction = (actionId) => deps.findAction(actionId);
  }

  /** Secrets that could not be used when the flow runs: the host of their address was changed since they were entered. */
  problems(workspaceId: string, graph: DraftGraph): FlowProblem[] {
    return graph.nodes.flatMap((node) => {
      const values = node.type === 'action' ? actionValues.safeParse(node.data).data : undefined;
      const shape = values && this.#findAction(values.actionId)?.input.shape;
      if (!values || !shape) return [];
      const { url: given } = values.input;
      const url = typeof given === 'string' ? given : '';
      return Object.entries(values.input).flatMap(([name, value]): FlowProblem[] => {
        const isSealed = typeof value === 'string' && sealed.test(value) && isSecret(shape[name]);
        if (!isSealed || this.#opens(workspaceId, value, url)) return [];
        const message = 'Enter it again: it was entered for another address than this one.';
        return [{ nodeId: node.id, field: `input.${name}`, message, severity: 'error' }];
      });
    });
  }

  #opens(workspaceId: string, text: string, url: string): boolean {
    try {
      this.open(workspaceId, text, url);
      return originOf(url) !== '';
    } catch {
      return false;
    }
  }

  /** The graph with every secret that somebody has just entered encrypted. To be called before a draft is stored. */
  seal(workspaceId: string, graph: DraftGraph): DraftGraph {
    return {
      ...graph,
      nodes: graph.nodes.map((node) => {
        const values = node.type === 'action' ? actionValues.safeParse(node.data).data : undefined;
        const shape = values && this.#findAction(values.actionId)?.input.shape;
        if (!values || !shape) return node;
        const input = Object.fromEntries(
          Object.entries(values.input).map(([name, value]) => [
            name,
            isSecret(shape[name]) ? this.#sealValue(workspaceId, { value, url: values.input['url'] }) : value,
          ]),
        );
        return { ...node, data: { ...node.data, input } };
      }),
    };
  }

  /** What was sealed for this host; throws an IntegrationError when it was not sealed here, or for another host. */
  open(workspaceId: string, text: string, url: string): string {
    const [, keyId, ciphertext] = sealed.exec(text) ?? [];
    if (keyId === undefined || ciphertext === undefined) throw notUsable();
    try {
      return this.#cipher.decrypt(ciphertext, subjectOf(workspaceId, url), keyId);
    } catch (cause) {
      throw notUsable(cause);
    }
  }

  #sealValue(workspaceId: string, { value, url }: { value: unknown; url: unknown }): unknown {
    if (typeof value !== 'string' || value === '' || sealed.test(value)) return value;
    const subject = subjectOf(workspaceId, typeof url === 'string' ? url : '');
    return `sealed.${this.#cipher.keyId}.${this.#cipher.encrypt(value, subject)}`;
  }
}

function isSecret(field: unknown): boolean {
  return field instanceof z.ZodType && secretMeta.safeParse(field.meta()).success;
}

/**
 * What is entered for https:// is not sent in the clear by http://. A host that only a template tells is none: then the
 * secret opens for no address.
 */
function subjectOf(workspaceId: string, url: string): string {
  return `workspace:${workspaceId}:flow secret for:${originOf(url)}`;
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : '';
}

function notUsable(cause?: unknown): IntegrationError {
  return new IntegrationError(
    'invalid',
    'The secret cannot be used for this address: it belongs to another host or workspace, or its key is gone. Enter it again.',
    { cause },
  );
}
