// A real OpenID Connect provider on loopback for oidc_test.py.
//   node provider.mjs PORT REDIRECT_URI     the client's secret comes in HL_OIDC_SECRET
import Provider from 'oidc-provider';

const [port, redirectUri] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'hien-luong',
      client_secret: process.env.HL_OIDC_SECRET,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ],
  pkce: { methods: ['S256'], required: () => true },
  features: { devInteractions: { enabled: true } },
  // What a person's data is, by login, for a provider that has a profile; told in userinfo alone.
  claims: { openid: ['sub', ...(process.env.HL_OIDC_CLAIMS_NAMES ?? '').split(' ').filter(Boolean)] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...(JSON.parse(process.env.HL_OIDC_CLAIMS ?? '{}')[id] ?? {}), sub: id }) }),
  cookies: { keys: [process.env.HL_OIDC_SECRET] },
});
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'));
