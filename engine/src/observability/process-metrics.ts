import { processUsage } from "../runtime/process-usage.ts";
import type { Histogram } from "./durations.ts";
import type { Family, Labels } from "./exposition.ts";

/** What one engine process says of itself. */
export interface ProcessFigures {
  readonly engineId: number;
  readonly version: string;
  readonly slotsTotal: number;
  readonly slotsUsed: number;
  /** Runs whose leases it holds. */
  readonly leases: number;
  /** Statements that committed outcomes, and outcomes in them. */
  readonly commits: { readonly calls: number; readonly items: number };
  /** From an outcome that was decided to the outcome on disk. */
  readonly commitDurations: Histogram;
  /** What a collector was told; null where none is named. */
  readonly exported: ExportFigures | null;
}

/** Since the process began. */
export interface ExportFigures {
  readonly runs: number;
  readonly spans: number;
  /** Requests that the collector did not take, for now. */
  readonly failures: number;
  /** Runs that were too old or too many, or that could not be read. */
  readonly droppedRuns: number;
  /** Spans that the collector will never take. */
  readonly rejectedSpans: number;
}

/** Of this process alone: of several engines each tells its own. */
export function processFamilies(figures: ProcessFigures): Family[] {
  const usage = processUsage();
  return [
    info("durable_engine", "The engine process that answers.", {
      version: figures.version,
      engine_id: String(figures.engineId),
    }),
    gauge(
      "durable_slots",
      "Dispatches that this process may have under way at the same time.",
      figures.slotsTotal,
    ),
    gauge("durable_slots_used", "Slots taken at this moment.", figures.slotsUsed),
    gauge("durable_leases", "Runs whose leases this process holds.", figures.leases),
    counter("durable_commits", "Statements that committed outcomes.", figures.commits.calls),
    counter("durable_committed_outcomes", "Outcomes that were committed.", figures.commits.items),
    {
      name: "durable_commit_duration_seconds",
      help: "From an outcome that was decided to the outcome on disk: the lag of commits.",
      type: "histogram",
      samples: [[{}, figures.commitDurations]],
    },
    ...(figures.exported === null ? [] : exportFamilies(figures.exported)),
    counter("process_cpu_user_seconds", "User CPU time spent.", usage.cpuUserSeconds),
    counter("process_cpu_system_seconds", "System CPU time spent.", usage.cpuSystemSeconds),
    gauge("process_resident_memory_bytes", "Resident memory size.", usage.residentBytes),
    gauge("process_uptime_seconds", "Since the process began.", usage.upSeconds),
    gauge("nodejs_heap_size_used_bytes", "Heap in use.", usage.heapUsedBytes),
    gauge("nodejs_heap_size_total_bytes", "Heap that was taken.", usage.heapTotalBytes),
    gauge("nodejs_external_memory_bytes", "Memory of buffers outside the heap.", usage.externalBytes),
    counter(
      "durable_event_loop_active_seconds",
      "Time in which the event loop was at work.",
      usage.loopActiveSeconds,
    ),
    counter("durable_event_loop_idle_seconds", "Time in which the event loop waited.", usage.loopIdleSeconds),
  ];
}

function exportFamilies(figures: ExportFigures): Family[] {
  return [
    counter("durable_telemetry_runs", "Runs that the collector has.", figures.runs),
    counter("durable_telemetry_spans", "Spans that the collector has.", figures.spans),
    counter(
      "durable_telemetry_failures",
      "Requests that the collector did not take, for now.",
      figures.failures,
    ),
    counter(
      "durable_telemetry_dropped_runs",
      "Runs that were too old, too many or not readable.",
      figures.droppedRuns,
    ),
    counter(
      "durable_telemetry_rejected_spans",
      "Spans that the collector will never take.",
      figures.rejectedSpans,
    ),
  ];
}

export function gauge(name: string, help: string, value: number): Family {
  return { name, help, type: "gauge", samples: [[{}, value]] };
}

export function counter(name: string, help: string, value: number): Family {
  return { name, help, type: "counter", samples: [[{}, value]] };
}

function info(name: string, help: string, labels: Labels): Family {
  return { name, help, type: "info", samples: [[labels, 1]] };
}
