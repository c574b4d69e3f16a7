import { access, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { environmentVariables, readConfig } from '#backend/config.ts';
import { permissions } from '#integrations/crm/servicetitan/diagnosis/permissions.ts';
import { scopeOf } from '#integrations/crm/servicetitan/scopes.ts';
import { readProductionDoc } from '#test/helpers/productionDoc.ts';

const root = new URL('../../../', import.meta.url);
const doc = await readProductionDoc();
const packageJson = z
  .object({
    scripts: z.record(z.string(), z.string()),
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(await readFile(new URL('package.json', root), 'utf8')));

const code = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');

describe('the document on production', () => {
  it('has every variable of the environment, and none that nobody looks at', () => {
    const named = doc.table('variable').flatMap(([names = '']) => code(names));
    // Looked at by the command lines of Trigger.dev and of the migrations.
    const others = ['DATABASE_URL', 'TRIGGER_ACCESS_TOKEN', 'TRIGGER_API_URL', 'TRIGGER_PROJECT_REF'];
    expect(named.toSorted()).toEqual([...environmentVariables, ...others].toSorted());
  });

  it('says which variables are required', () => {
    const values: Record<string, string> = {
      CHOU_APP_URL: 'https://chou.example.com',
      CHOU_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
      CHOU_OWNER_EMAIL: 'owner@example.com',
      SMTP_URL: 'smtps://smtp.example.com',
      SUPABASE_URL: 'https://project.supabase.co',
      SUPABASE_ANON_KEY: 'public',
      SUPABASE_SERVICE_ROLE_KEY: 'secret',
    };
    expect(readConfig(values)).toMatchObject({ mode: 'production', triggerDev: false });
    for (const [names = '', required] of doc.table('variable')) {
      for (const name of code(names)) {
        const { [name]: _, ...others } = values;
        const isRequired = name === 'SUPABASE_URL' || (name in values && refuses(others));
        expect({ name, required }).toEqual({ name, required: isRequired ? 'yes' : 'no' });
      }
    }
  });

  it("has every permission with ServiceTitan's names of it, and what it is like to be without", () => {
    expect(doc.table('permission')).toEqual(
      permissions.map(({ resource, probe, read, write }) => [
        resource,
        `\`${scopeOf({ scope: probe.scope, method: 'GET' })}\``,
        write ? `\`${scopeOf({ scope: probe.scope, method: 'POST' })}\`` : '',
        [read.without, write?.without].filter(Boolean).join(' '),
      ]),
    );
  });

  it('names only scripts and files that there are', async () => {
    const scripts = [...doc.text.matchAll(/npm run ([\w:]+)/g)].map((match) => match[1] ?? '');
    expect(scripts.filter((name) => !(name in packageJson.scripts))).toEqual([]);
    const files = [...doc.text.matchAll(/supabase\/[\w/.]+\w/g)].map(([file]) => file);
    expect(files).not.toEqual([]);
    for (const file of files) await access(new URL(file, root));
  });

  it('names the version of Trigger.dev that the tasks and the command line are of', () => {
    const version = packageJson.devDependencies['trigger.dev'];
    expect(doc.text).toContain(`the version of the tasks' SDK: ${version}`);
    expect(packageJson.dependencies['@trigger.dev/sdk']?.replace('^', '')).toBe(version);
  });
});

function refuses(values: Record<string, string>): boolean {
  try {
    readConfig(values);
    return false;
  } catch {
    return true;
  }
}
