// biome-ignore-all lint/a11y/useSemanticElements: items that are placed by themselves are no list to browsers
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useRef } from "react";

interface VirtualRowsProps<Item> {
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string | number;
  readonly label: string;
  /** Before it is measured. */
  readonly rowPx: number;
  readonly children: (item: Item, index: number) => ReactNode;
}

const OVERSCAN = 10;

/** A long list of rows of any height, of which what is in view is in the page. */
export function VirtualRows<Item>({ items, keyOf, label, rowPx, children }: VirtualRowsProps<Item>) {
  const box = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowPx,
    getItemKey: (index) => keyOf(items[index]!),
    overscan: OVERSCAN,
  });
  return (
    <div
      ref={box}
      // What scrolls must be reached by keys.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      role="list"
      aria-label={label}
      className="max-h-[max(20rem,calc(100dvh-26rem))] overflow-y-auto overscroll-contain"
    >
      <div role="presentation" style={{ height: virtualizer.getTotalSize() }} className="relative">
        {virtualizer.getVirtualItems().map(({ index, key, start }) => (
          <div
            key={key}
            ref={virtualizer.measureElement}
            data-index={index}
            role="listitem"
            aria-posinset={index + 1}
            aria-setsize={items.length}
            style={{ transform: `translateY(${start}px)` }}
            className="absolute top-0 left-0 w-full"
          >
            {children(items[index]!, index)}
          </div>
        ))}
      </div>
    </div>
  );
}
