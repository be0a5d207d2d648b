// An OpenID provider for tests, on a free port of this machine: `node provider.mjs FOLDER SECRET REDIRECT…`, where FOLDER holds the
// packages. It says its issuer on the first line and ends with its standard input. Whoever signs in is whom they name: the
// password is not looked at. Some of them the provider misrepresents, as a forger would.

import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

// It warns of what is meant for tests only, on the very output that is read.
console.info = console.warn = () => {};

const [folder, secret, ...redirects] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(`${folder}/node_modules/${path}`));
const { default: Provider } = await load('oidc-provider/lib/index.js');
const jose = await load('jose/dist/webapi/index.js');

const people = {
  ada: { email: 'ada@acme.example', email_verified: true, name: 'Ada' },
  grace: { email: 'Grace@acme.example', email_verified: true, name: 'Grace Hopper' },
  eve: { email: 'eve@acme.example', email_verified: true, name: 'Eve' },
  unverified: { email: 'grace@acme.example', email_verified: false },
  foreign: { email: 'grace@globex.example', email_verified: true },
  nameless: {},
};

// Two keys of the same name; only the first is the provider's.
const keys = await Promise.all(['real', 'forged'].map(() => jose.generateKeyPair('ES256', { extractable: true })));
const jwk = { ...(await jose.exportJWK(keys[0].privateKey)), kid: 'one', use: 'sig', alg: 'ES256' };

const sign = (claims, key = keys[0].privateKey, alg = 'ES256') =>
  new jose.SignJWT(claims).setProtectedHeader({ alg, kid: 'one' }).sign(key);
const unsigned = (claims) => new jose.UnsecuredJWT(claims).encode();

// How the token of somebody whose name begins so is changed before it is handed out.
const lies = {
  'forged-key': (claims) => sign(claims, keys[1].privateKey),
  'forged-none': (claims) => unsigned(claims),
  'forged-secret': (claims) => sign(claims, new TextEncoder().encode(secret), 'HS256'),
  'forged-audience': (claims) => sign({ ...claims, aud: 'another' }),
  'forged-audiences': (claims) => sign({ ...claims, aud: ['chancery', 'another'] }),
  'forged-issuer': (claims) => sign({ ...claims, iss: 'https://login.example.org' }),
  'forged-age': (claims) => sign({ ...claims, exp: Math.floor(Date.now() / 1000) - 60 }),
  'forged-subject': (claims) => sign({ ...claims, sub: 'ada' }),
  'several-factors': (claims) => sign({ ...claims, sub: 'ada', email: 'ada@acme.example', email_verified: true, amr: ['pwd', 'mfa'] }),
};

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'chancery', client_secret: secret, redirect_uris: redirects, id_token_signed_response_alg: 'ES256' }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['a key for tests'] },
    enabledJWA: { idTokenSigningAlgValues: ['ES256', 'HS256'] },
    features: { devInteractions: { enabled: true } },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    jwks: { keys: [jwk] },
    pkce: { required: () => true },
  });
  provider.use(async (context, next) => {
    await next();
    if (context.path !== '/token' || !context.body?.id_token) return;
    const claims = jose.decodeJwt(context.body.id_token);
    const lie = lies[claims.sub];
    if (lie) context.body = { ...context.body, id_token: await lie(claims) };
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
process.stdin.on('end', () => process.exit()).resume();
