package io.grasp.substrate.netty.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.IdentityStatus;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.security.NodeIdentity;
import io.grasp.security.TlsRole;
import io.grasp.substrate.netty.Await;
import io.grasp.substrate.netty.NettyLoop;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;

class SecureChannelTest {
    @Test
    void aCheckForWhichMemoryIsMissingEndsAndEndsTheLoop() {
        OutOfMemoryError error = new OutOfMemoryError("expected by this test");
        NettyLoop loop = NettyLoop.create();
        CompletableFuture<PeerRefusal> refused = new CompletableFuture<>();
        CompletableFuture<Throwable> failed = new CompletableFuture<>();
        loop.execute(() -> {
            loop.onFailure(failed::complete);
            SecureChannel.check(
                    new Throwing(error),
                    Runnable::run,
                    loop,
                    List.of(),
                    check -> refused.complete(
                            check.refused() == null ? null : check.refused().reason()));
        });
        assertThat(Await.result("a refusal", refused)).isEqualTo(PeerRefusal.TLS_FAILURE);
        assertThat(Await.result("the failure of the loop", failed)).isSameAs(error);
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        loop.close(failure -> closed.complete(true));
        Await.result("the end of the loop", closed);
    }

    private record Throwing(Error error) implements NodeIdentity {
        @Override
        public PeerIdentity check(List<X509Certificate> chain) {
            throw error;
        }

        @Override
        public IdentityStatus status() {
            throw new UnsupportedOperationException();
        }

        @Override
        public AutoCloseable onChange(Runnable changed) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SSLEngine newEngine(TlsRole role, List<String> protocols) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Duration remaining(List<X509Certificate> chain) {
            throw new UnsupportedOperationException();
        }

        @Override
        public X509Certificate certificate() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            // nothing is open
        }
    }
}
