package io.grasp.engine.node;

import io.grasp.observe.CacheKind;
import io.grasp.observe.GraspObserver;

/** Tells an observer of one cache. */
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
