package io.grasp.engine.node;

import io.grasp.observe.CacheKind;
import io.grasp.observe.GraspObserver;

/** Reports the events of one cache to an observer. */
public final class CacheObserver {
    private final GraspObserver observer;
    private final CacheKind kind;
    private int entries;

    public CacheObserver(GraspObserver observer, CacheKind kind) {
        this.observer = observer;
        this.kind = kind;
    }

    public void read(boolean hit) {
        observer.cacheRead(kind, hit);
    }

    public void size(int now) {
        if (now != entries) {
            entries = now;
            observer.cacheSize(kind, now);
        }
    }
}
