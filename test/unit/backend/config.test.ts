import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '#backend/config.ts';

const production = {
  SUPABASE_URL: 'https://project.example',
  SUPABASE_ANON_KEY: 'public',
  SUPABASE_SERVICE_ROLE_KEY: 'secret',
  CHOU_APP_URL: 'https://chou.example/',
  CHOU_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
  CHOU_OWNER_EMAIL: 'owner@company.example',
  SMTP_URL: 'smtps://user:password@mail.example:465',
};

describe('the environment', () => {
  it('needs nothing: then it is the embedded mode on its defaults', () => {
    expect(readConfig({})).toMatchObject({
      mode: 'embedded',
      port: 3000,
      host: '127.0.0.1',
      smtpUrl: null,
      sandboxUrls: null,
    });
    expect(readConfig({ PORT: '', SMTP_URL: '' })).toMatchObject({ mode: 'embedded', port: 3000 });
  });

  it('is production with SUPABASE_URL, and then needs the rest', () => {
    expect(readConfig(production)).toMatchObject({
      mode: 'production',
      appUrl: 'https://chou.example',
      triggerDev: false,
    });
    expect(readConfig({ ...production, TRIGGER_SECRET_KEY: 'tr_key' })).toMatchObject({ triggerDev: true });
    for (const name of Object.keys(production).filter((key) => key !== 'SUPABASE_URL')) {
      expect(() => readConfig({ ...production, [name]: undefined })).toThrow(name);
    }
  });

  it.each([
    ['PORT', 'http'],
    ['PORT', '70000'],
    ['CHOU_ENCRYPTION_KEY', 'c2hvcnQ='],
    ['CHOU_APP_URL', 'chou.example'],
    ['CHOU_OWNER_EMAIL', 'owner'],
    ['CHOU_SANDBOX_CUSTOMERS', '-1'],
    ['LOG_LEVEL', 'loud'],
    ['SMTP_URL', 'http://mail.example'],
    ['SUPABASE_URL', 'project'],
  ])('names %s when it is %s', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => readConfig({ [name]: value })).toThrow(name);
  });

  it('wants both addresses of a sandbox, or neither', () => {
    const url = 'http://127.0.0.1:4010';
    expect(() => readConfig({ SERVICETITAN_API_URL: url })).toThrow('SERVICETITAN_AUTH_URL');
    expect(readConfig({ SERVICETITAN_API_URL: url, SERVICETITAN_AUTH_URL: url })).toMatchObject({
      sandboxUrls: { authUrl: url, apiUrl: url },
    });
  });
});
