// A real OpenID Connect provider for tests: `node identity_provider.mjs PORT RETURN_ADDRESS`.
// Its own pages sign anybody in; the login typed there is one of PEOPLE.

import { Provider } from "oidc-provider";

const [port, back] = process.argv.slice(2);
const PEOPLE = {
  anna: {
    family_name: "Ёжикова", given_name: "Анна", middle_name: "Львовна",
    preferred_username: "A.Ezhikova", email: "anna@почта.рф", email_verified: true, phone_number: "+7 900 000-00-00",
  },
  john: { preferred_username: "manager", family_name: "Doe", given_name: "John", email: "john@example.org", email_verified: false },
};

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "reception", client_secret: "only-for-tests", redirect_uris: [back] }],
  claims: {
    openid: ["sub"],
    profile: ["family_name", "given_name", "middle_name", "preferred_username"],
    email: ["email", "email_verified"],
    phone: ["phone_number"],
  },
  pkce: { required: () => true },
  cookies: { keys: ["only-for-tests"] },
  findAccount: (_context, id) =>
    PEOPLE[id] && { accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
