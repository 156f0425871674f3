package io.grasp.substrate.netty;

import io.grasp.substrate.ConnectionListener;
import org.jspecify.annotations.Nullable;

/** A listener that ignores all events of a connection. */
enum NoOpConnectionListener implements ConnectionListener {
    INSTANCE;

    @Override
    public void opened() {}

    @Override
    public void received(byte[] bytes) {}

    @Override
    public void inputEnded() {}

    @Override
    public void closed(@Nullable Throwable failure) {}
}
