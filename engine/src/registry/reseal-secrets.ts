import type { Logger } from "pino";
import { EngineKeys } from "../auth/engine-keys.ts";
import type { Database } from "../store/database.ts";
import { listSealedSecrets, resealSecret } from "../store/secrets.ts";
import { listSealedWebhookSecrets, resealWebhookSecret } from "../store/webhooks.ts";

/** The engine cannot open what the database holds. The message is a sentence for who starts it. */
export class UnknownEncryptionKey extends Error {
  override readonly name = "UnknownEncryptionKey";
}

/**
 * When an engine starts: refuses a database whose secrets it cannot open, and puts those that stand under an older key of
 * its list under the first. After that the older one may leave the list.
 */
export async function resealSecrets(database: Database, keys: EngineKeys, log: Logger): Promise<void> {
  const secrets = await listSealedSecrets(database);
  const ofWebhooks = await listSealedWebhookSecrets(database);
  const keyIds = new Set(
    [...secrets, ...ofWebhooks].map(({ sealed }) => EngineKeys.keyIdOf(sealed) ?? "none"),
  );
  const unknown = [...keyIds].find((id) => !keys.has(id));
  if (unknown !== undefined) {
    throw new UnknownEncryptionKey(
      `The database holds signing secrets under encryption key ${unknown}, and DURABLE_ENCRYPTION_KEY has ${keys.firstId} and no such key. ` +
        "Put the key they were stored with into DURABLE_ENCRYPTION_KEY, behind the new one if you rotate it.",
    );
  }
  const isOlder = ({ sealed }: { readonly sealed: string }) => EngineKeys.keyIdOf(sealed) !== keys.firstId;
  const older = secrets.filter(isOlder);
  for (const secret of older) await resealSecret(database, keys, secret);
  const olderOfWebhooks = ofWebhooks.filter(isOlder);
  for (const secret of olderOfWebhooks) await resealWebhookSecret(database, keys, secret);
  const count = older.length + olderOfWebhooks.length;
  if (count > 0) log.info({ secrets: count }, "signing secrets are sealed with the first key now");
}
