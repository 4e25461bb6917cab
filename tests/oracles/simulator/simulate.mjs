// Judges the requests on standard input, and writes an answer to each; see simulator.py.
import { readFileSync } from "node:fs";
import {
  createValidatedPolicy,
  validateIdentityPolicy,
  validateResourcePolicy,
} from "@cloud-copilot/iam-policy";
import { runSimulation } from "@cloud-copilot/iam-simulate";

// The simulator knows keys with a name of their own only after a slash, so those of an encryption
// context, which have a colon there, are called like others, in policies and requests alike.
const CONTEXT = "kms:EncryptionContext:";
const KNOWN = "aws:PrincipalTag/EncryptionContext:";
const input = readFileSync(0, "utf8").replaceAll(new RegExp(CONTEXT, "gi"), KNOWN);
const { documents, requests } = JSON.parse(input);

// Each policy is validated once, and not for every request.
const validated = new Map();
function policy(name, validate) {
  if (!validated.has(name)) validated.set(name, createValidatedPolicy(documents[name], validate));
  return validated.get(name);
}
const identity = (names) =>
  names.map((name) => ({ name, policy: policy(name, validateIdentityPolicy) }));

// The conditions of the statements without which the request would be refused.
function conditions(analysis) {
  const sides = [analysis.identityAnalysis, analysis.resourceAnalysis]
    .map((side) => side?.allowStatements ?? [])
    .filter((statements) => statements.length);
  if (sides.some((statements) => statements.length > 1)) return [];
  return sides.flatMap(([{ statement }]) =>
    statement
      .conditions()
      .map((each) => [each.conditionKey().replace(KNOWN, CONTEXT), each.operation().value()]),
  );
}

async function judged(request) {
  const simulation = {
    request: {
      principal: request.principal,
      action: request.action,
      resource: { resource: request.resource, accountId: request.account },
      contextVariables: request.context,
    },
    identityPolicies: identity(request.identity),
    permissionBoundaryPolicies: request.boundary ? identity([request.boundary]) : undefined,
    resourcePolicy: request.policy ? policy(request.policy, validateResourcePolicy) : undefined,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
  const answer = await runSimulation(simulation, {});
  if (answer.resultType !== "single") return { error: JSON.stringify(answer.errors ?? answer) };
  const allowed = answer.overallResult === "Allowed";
  return { allowed, conditions: conditions(answer.result.analysis) };
}

const answers = [];
for (const request of requests) answers.push(await judged(request));
process.stdout.write(JSON.stringify(answers));
