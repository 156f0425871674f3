package io.grasp.substrate.netty;

import io.grasp.substrate.ConnectionListener;
import org.jspecify.annotations.Nullable;

/** Listens to a connection on which nothing that happens matters. */
enum NoOpConnectionListener implements ConnectionListener {
    LISTENS;

    @Override
    public void opened() {}

    @Override
    public void received(byte[] bytes) {}

    @Override
    public void inputEnded() {}

    @Override
    public void closed(@Nullable Throwable failure) {}
}
