package io.grasp.engine.node;

import io.grasp.observe.CacheKind;
import io.grasp.observe.GraspObserver;

/** Reports the events of one cache to an observer. */
public final class CacheObserver {
    private final GraspObserver observer;
    private final CacheKind kind;
    private int entries;
    private long bytes;

    public CacheObserver(GraspObserver observer, CacheKind kind) {
        this.observer = observer;
        this.kind = kind;
    }

    public void read(boolean hit) {
        observer.cacheRead(kind, hit);
    }

    public void size(int entriesNow, long bytesNow) {
        if (entriesNow != entries) {
            entries = entriesNow;
            observer.cacheSize(kind, entriesNow);
        }
        if (bytesNow != bytes) {
            bytes = bytesNow;
            observer.cacheBytes(kind, bytesNow);
        }
    }
}
