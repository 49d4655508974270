import type { AnswerOf } from "@durable/engine/api";
import { BellOff, Pencil } from "lucide-react";
import { useState } from "react";
import { useAnswer } from "../../api/query.ts";
import { useReadAgain } from "../../api/read-again.ts";
import { useTargets } from "../../here/targets.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { Button } from "../../parts/button.tsx";
import { ChangeButton } from "../../parts/change-button.tsx";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import { Due } from "../../parts/due.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import { Panel } from "../../parts/panel.tsx";
import { Refresh } from "../../parts/refresh.tsx";
import { TargetLink } from "../../parts/target.tsx";
import { TonePill } from "../../parts/tone-pill.tsx";
import { Ago } from "../../parts/when.tsx";
import { targetOf } from "./alert-targets.ts";
import { ALERT, type AlertRule, OPTION } from "./alert-words.ts";

/** What is wrong now, and when somebody is told. */
export function AlertsSection() {
  const params = useWorkspaceParams();
  const alerts = useAnswer("listAlerts", { params, query: { state: "all", limit: 20 } });
  const rules = useAnswer("listAlertRules", { params });
  const [changed, change] = useState<AlertRule | null>(null);
  return (
    <>
      <Panel
        title="Alerts"
        description="Each is told once when it begins and once when it is over: as the event durable.alert.KIND, and to webhooks."
        actions={<Refresh query={alerts} />}
      >
        <Answered query={alerts} rows={3}>
          {({ alerts }) =>
            alerts.length === 0 ? (
              <Empty title="Nothing was wrong yet" />
            ) : (
              <ul className="divide-y divide-line text-sm">
                {alerts.map((alert) => (
                  <AlertRow key={alert.id} alert={alert} />
                ))}
              </ul>
            )
          }
        </Answered>
      </Panel>
      <Panel title="Rules" description="The engine looks every ten seconds.">
        <Answered query={rules}>
          {({ rules }) => (
            <ul className="divide-y divide-line">
              {rules.map((rule) => (
                <RuleRow key={rule.kind} rule={rule} change={() => change(rule)} />
              ))}
            </ul>
          )}
        </Answered>
      </Panel>
      {changed && <RuleDialog rule={changed} onClose={() => change(null)} />}
    </>
  );
}

function AlertRow({ alert }: { readonly alert: AnswerOf<"listAlerts">["alerts"][number] }) {
  const targets = useTargets();
  const isOpen = alert.resolved_at === null;
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-1 py-2">
      <TonePill tone={isOpen ? "bad" : "gone"}>{isOpen ? "Now" : "Over"}</TonePill>
      <span className="min-w-0 flex-1 basis-64 break-words">
        <TargetLink target={targetOf(alert, targets)} className="hover:text-accent hover:underline">
          {alert.message}
        </TargetLink>
        {!alert.told && (
          <span className="text-muted">
            {" "}
            Nobody was told: it was muted, or a hundred were told in that hour.
          </span>
        )}
      </span>
      <span className="text-xs text-muted">
        <Ago at={alert.fired_at} /> ago
        {alert.resolved_at !== null && (
          <>
            , over <Ago at={alert.resolved_at} /> ago
          </>
        )}
      </span>
    </li>
  );
}

function RuleRow({ rule, change }: { readonly rule: AlertRule; readonly change: () => void }) {
  const params = { ...useWorkspaceParams(), kind: rule.kind };
  const readAgain = useReadAgain("listAlertRules");
  const { label, said } = ALERT[rule.kind];
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 py-2.5">
      <div className="min-w-0 flex-1 basis-72">
        <h3 className="text-sm font-medium">
          {label} {!rule.enabled && <TonePill tone="gone">Off</TonePill>}
          {rule.muted_until !== null && (
            <TonePill tone="held">
              Muted, ends <Due at={rule.muted_until} />
            </TonePill>
          )}
        </h3>
        <p className="text-sm text-muted">{said(rule.options)}</p>
      </div>
      <div className="flex flex-wrap gap-2">
        <ChangeButton
          operation="setAlertRule"
          input={{ params, body: { enabled: !rule.enabled } }}
          does={rule.enabled ? "Stop looking for it" : "Look for it"}
          done={readAgain}
        >
          {rule.enabled ? "Turn off" : "Turn on"}
        </ChangeButton>
        {rule.enabled && (
          <ChangeButton
            operation="setAlertRule"
            input={{ params, body: { mute_s: rule.muted_until === null ? 7_200 : 0 } }}
            does={rule.muted_until === null ? "Mute it for 2 h" : "End the mute"}
            done={readAgain}
          >
            <BellOff aria-hidden size={14} />
            {rule.muted_until === null ? "Mute for 2 h" : "End the mute"}
          </ChangeButton>
        )}
        {Object.keys(rule.options).length > 0 && (
          <Button onClick={change}>
            <Pencil aria-hidden size={14} />
            Change<span className="sr-only"> {label}</span>
          </Button>
        )}
      </div>
    </li>
  );
}

function RuleDialog({ rule, onClose }: { readonly rule: AlertRule; readonly onClose: () => void }) {
  const params = { ...useWorkspaceParams(), kind: rule.kind };
  const readAgain = useReadAgain("listAlertRules");
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(Object.entries(rule.options).map(([name, number]) => [name, String(number)])),
  );
  const isNumber = (text: string) => text === "" || /^\d{1,8}(\.\d{1,3})?$/.test(text);
  const isGood = Object.values(texts).every(isNumber);
  const options = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, text === "" ? null : Number(text)]),
  );
  return (
    <ChangeDialog
      operation="setAlertRule"
      onClose={onClose}
      title={ALERT[rule.kind].label}
      description="An empty field goes back to the default."
      does="Change it"
      hasReason
      input={(reason) => (isGood ? { params, body: { options, reason } } : null)}
      done={readAgain}
    >
      {Object.entries(texts).map(([name, text]) => (
        <Field
          key={name}
          label={OPTION[name] ?? name}
          {...(isNumber(text) ? {} : { error: "A number from 0." })}
        >
          {(control) => (
            <input
              {...control}
              inputMode="decimal"
              className={INPUT_LOOK}
              value={text}
              onChange={(event) => setTexts((now) => ({ ...now, [name]: event.target.value.trim() }))}
            />
          )}
        </Field>
      ))}
    </ChangeDialog>
  );
}
