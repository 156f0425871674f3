package io.grasp.host;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * An ASA for a host ({@link AsaHost}). A jar names its implementations in {@code
 * META-INF/services/io.grasp.host.HostedAsa}. The class is public and has a constructor without parameters, which
 * only creates the object; the host creates one for each start.
 *
 * <p>All other methods are called on the ASA's own thread, and so are the functions that it passes to {@link
 * HostContext#asa}. They must not block for longer than {@link HostConfig#blockedAfter}. What the methods throw, or end
 * with, and what a task of {@link HostContext#scheduler} throws, ends this ASA alone; the host starts it again after a
 * pause. A handler or conversation that fails ends its session or message only
 * ({@link HostException.Kind#HANDLER}): the host reports and counts it, and the ASA goes on.
 *
 * <p>When the jar is loaded, the constructor and {@link #manifest} are called on a thread that lasts only for that, and
 * when the file that names the ASAs is read, so are the checks of parameters; both have the time of {@link
 * HostConfig#readyWithin}.
 */
public interface HostedAsa {
    /** {@return what the ASA is; the same for each object} */
    AsaManifest manifest();

    /**
     * Starts the ASA. It calls {@link HostContext#ready} when it can be used.
     *
     * @param context what the host gives it
     * @return runs as long as the ASA: if it completes, the ASA has ended, and is not started again until a plan
     *     ({@link AsaHost#run}) has other code of it, or has it again after not having had it; if it fails, the ASA is
     *     started again. It is cancelled when the ASA is stopped
     */
    Publisher<?> start(HostContext context);

    /**
     * Begins nothing new, because the ASA will be stopped, or another version has taken over. The host then
     * {@linkplain io.grasp.api.Asa#drain drains} the ASA's handle, so an ASA that only answers need do nothing.
     *
     * @return completes when what the ASA has begun is done
     */
    default Mono<Void> drain() {
        return Mono.empty();
    }

    /**
     * Releases what the ASA holds outside of its publisher, after that has ended. Called at each end, also if
     * its node is closed, unless the node has failed; and its thread ends 5 s later at most. If the ASA has blocked its
     * thread, it is called when that function has returned, unless the node or the host was closed more than a second
     * before.
     *
     * @return completes when it is released
     */
    default Mono<Void> stop() {
        return Mono.empty();
    }

    /**
     * Checks the ASA (RFC 9222 section 3, self-monitor). Called every {@link HostConfig#checkPeriod} while the ASA is
     * operational.
     *
     * @return completes if all is well, soon; if it fails, or does not complete within a period, the ASA is started
     *     again
     */
    default Mono<Void> check() {
        return Mono.empty();
    }
}
