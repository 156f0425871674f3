package io.grasp.samples.onboarding;

import io.grasp.util.AddressText;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * A circuit proxy for TCP (RFC 8995 section 4): it connects each pledge to a registrar, and carries bytes both ways
 * without looking at them; TLS is between the two. It reads from one side only what the other has taken, so that a
 * circuit holds one buffer for each direction. When one side ends its direction, it ends that direction to the other,
 * which may go on. When there are as many circuits as permitted, a pledge gets the place of a link or of a pledge that
 * has more of them. All of it runs on one event loop.
 *
 * <pre>
 *   ACCEPTED --- a registrar is connected ------------------------> OPEN
 *   ACCEPTED --- no registrar is left to try ---------------------> RESET
 *   OPEN     --- both directions have ended ----------------------> CLOSED
 *   any      --- a limit, a reset, the proxy closes --------------> RESET
 * </pre>
 */
@SuppressWarnings("FutureReturnValueIgnored") // handlers and listeners report how channels end
final class CircuitProxy {
    private static final int BACKLOG = 64;
    private static final int LARGEST_READ = 16 << 10;

    private final EventLoop events;
    private final CircuitLimits limits;
    private final RegistrarSource source;
    private final Consumer<CircuitEnd> ended;
    private final ChannelGroup servers;
    private final ChannelFactory<? extends SocketChannel> sockets;
    private final List<Circuit> circuits = new ArrayList<>();

    /**
     * A proxy.
     *
     * @param events the event loop
     * @param limits the limits
     * @param source the registrars
     * @param ended receives each circuit when it has ended, on the event loop
     */
    CircuitProxy(EventLoop events, CircuitLimits limits, RegistrarSource source, Consumer<CircuitEnd> ended) {
        this(events, limits, source, ended, NioSocketChannel::new);
    }

    /** As above, with the sockets to registrars. */
    CircuitProxy(
            EventLoop events,
            CircuitLimits limits,
            RegistrarSource source,
            Consumer<CircuitEnd> ended,
            ChannelFactory<? extends SocketChannel> sockets) {
        this.events = events;
        this.limits = limits;
        this.source = source;
        this.ended = ended;
        this.sockets = sockets;
        this.servers = new DefaultChannelGroup(events);
    }

    /**
     * Accepts pledges.
     *
     * @param place the address and port, 0 for any port
     * @return the place at which it accepts them; fails if the port is in use
     */
    Mono<InetSocketAddress> listen(InetSocketAddress place) {
        return Mono.create(sink -> {
            ChannelFuture bound = new ServerBootstrap()
                    .group(events)
                    .channel(NioServerSocketChannel.class)
                    .option(ChannelOption.SO_BACKLOG, BACKLOG)
                    .childOption(ChannelOption.AUTO_READ, false)
                    .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .childOption(ChannelOption.RECVBUF_ALLOCATOR, oneReadAtATime())
                    .childHandler(new Accepting())
                    .bind(place);
            bound.addListener(done -> {
                if (done.isSuccess()) {
                    servers.add(bound.channel());
                    sink.success((InetSocketAddress) bound.channel().localAddress());
                } else {
                    sink.error(done.cause());
                }
            });
        });
    }

    private static AdaptiveRecvByteBufAllocator oneReadAtATime() {
        AdaptiveRecvByteBufAllocator allocator = new AdaptiveRecvByteBufAllocator(256, 2048, LARGEST_READ);
        allocator.maxMessagesPerRead(1);
        return allocator;
    }

    /** {@return resets all circuits, and accepts no more; completes when all sockets are closed} */
    Mono<Void> close() {
        return Mono.create(sink -> events.execute(() -> {
            List.copyOf(circuits).forEach(circuit -> circuit.reset("the proxy is closed"));
            servers.close().addListener(closed -> sink.success());
        }));
    }

    /** {@return the number of circuits} Called on the event loop. */
    int circuits() {
        return circuits.size();
    }

    private final class Accepting extends ChannelInitializer<SocketChannel> {
        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        protected void initChannel(SocketChannel pledge) {
            InetSocketAddress from = pledge.remoteAddress();
            if (from == null) { // the pledge has gone already
                pledge.close();
                return;
            }
            CircuitOrigin origin = CircuitOrigin.of(from.getAddress());
            String full = refusal(origin);
            if (full == null) {
                Circuit circuit = new Circuit(pledge, origin);
                circuits.add(circuit);
                pledge.pipeline().addLast(circuit.fromPledge);
                circuit.begin();
            } else {
                resetChannel(pledge);
                ended.accept(new CircuitEnd(AddressText.of(from.getAddress()), null, 0, 0, full));
            }
        }

        private @Nullable String refusal(CircuitOrigin pledge) {
            List<CircuitOrigin> origins =
                    circuits.stream().map(circuit -> circuit.origin).toList();
            if (Collections.frequency(origins, pledge) >= limits.circuitsPerPledge()) {
                return "the pledge has " + limits.circuitsPerPledge() + " circuits already";
            }
            if (circuits.size() < limits.circuits()) {
                return null;
            }
            Optional<CircuitOrigin> other = pledge.mayDisplace(origins);
            other.ifPresent(this::resetNewest);
            return other.isPresent() ? null : "the proxy has " + limits.circuits() + " circuits already";
        }

        private void resetNewest(CircuitOrigin origin) {
            circuits.get(circuits.stream().map(circuit -> circuit.origin).toList().lastIndexOf(origin))
                    .reset("another pledge has got its place");
        }
    }

    private static @Nullable String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage();
    }

    private static void resetChannel(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }

    /** A connection of a pledge, and the one to a registrar. */
    private final class Circuit {
        private final SocketChannel pledge;
        private final CircuitOrigin origin;
        private final Direction fromPledge = new Direction(this);
        private final Direction fromRegistrar = new Direction(this);
        private final Queue<InetSocketAddress> untried = new ArrayDeque<>();
        private final Future<?> whenTooOld;
        private @Nullable Future<?> whenIdle;
        private @Nullable Disposable looking;
        private @Nullable SocketChannel registrar;
        private @Nullable InetSocketAddress reached;
        private @Nullable String lastFailure;
        private long usedAt = System.nanoTime();
        private boolean over;

        Circuit(SocketChannel pledge, CircuitOrigin origin) {
            this.pledge = pledge;
            this.origin = origin;
            this.whenTooOld = after(
                    limits.longest(),
                    () -> reset("it has existed for " + limits.longest().toMillis() + " ms"));
        }

        void begin() {
            awaitUse(limits.idle().toNanos());
            looking = source.registrars()
                    .defaultIfEmpty(List.of())
                    .subscribe(
                            found -> events.execute(() -> {
                                untried.addAll(found);
                                connectNext();
                            }),
                            failure -> events.execute(() -> reset("no registrar: " + failure.getMessage())),
                            () -> {});
        }

        private void connectNext() {
            if (over) {
                return;
            }
            InetSocketAddress next = untried.poll();
            if (next == null) {
                reset(lastFailure == null ? "no registrar is known" : lastFailure);
                return;
            }
            ChannelFuture connecting = new Bootstrap()
                    .group(events)
                    .channelFactory(sockets)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                            Math.min(limits.connect().toMillis(), Integer.MAX_VALUE))
                    .option(ChannelOption.AUTO_READ, false)
                    .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.RECVBUF_ALLOCATOR, oneReadAtATime())
                    .handler(fromRegistrar)
                    .connect(next);
            if (!(connecting.channel() instanceof SocketChannel opened)) { // Netty has a channel that stands for none
                reset("no socket could be opened: " + rootMessage(connecting.cause()));
                return;
            }
            registrar = opened;
            connecting.addListener(done -> {
                if (over) {
                    resetChannel(connecting.channel());
                } else if (done.isSuccess()) {
                    reached = next;
                    fromPledge.to = registrar;
                    fromRegistrar.to = pledge;
                    pledge.read();
                    connecting.channel().read();
                } else {
                    lastFailure = "the registrar at " + AddressText.of(next) + " was not reached";
                    registrar = null;
                    source.unreachable(next);
                    connectNext();
                }
            });
        }

        void carried() {
            usedAt = System.nanoTime();
            if (fromPledge.bytes + fromRegistrar.bytes > limits.maxBytes()) {
                reset("it has carried more than " + limits.maxBytes() + " bytes");
            }
        }

        private void awaitUse(long nanos) {
            whenIdle = events.schedule(
                    () -> {
                        long left = usedAt + limits.idle().toNanos() - System.nanoTime();
                        if (left > 0) {
                            awaitUse(left);
                        } else {
                            reset("it has carried nothing for " + limits.idle().toMillis() + " ms");
                        }
                    },
                    nanos,
                    TimeUnit.NANOSECONDS);
        }

        private Future<?> after(Duration time, Runnable task) {
            return events.schedule(task, time.toNanos(), TimeUnit.NANOSECONDS);
        }

        /** One side has ended its direction. */
        void halfClosed() {
            if (fromPledge.isEnded && fromRegistrar.isEnded) {
                end(null);
                pledge.close();
                if (registrar != null) {
                    registrar.close();
                }
            }
        }

        void reset(String why) {
            if (!over) {
                end(why);
                resetChannel(pledge);
                if (registrar != null) {
                    resetChannel(registrar);
                }
            }
        }

        private void end(@Nullable String failure) {
            over = true;
            whenTooOld.cancel(false);
            if (whenIdle != null) {
                whenIdle.cancel(false);
            }
            if (looking != null) {
                looking.dispose();
            }
            circuits.remove(this);
            ended.accept(new CircuitEnd(
                    AddressText.of(origin.address()),
                    reached == null ? null : AddressText.of(reached),
                    fromPledge.bytes,
                    fromRegistrar.bytes,
                    failure));
        }
    }

    /**
     * Carries what one side sends. The next bytes, or the end, are read when the other side has taken those before
     * them.
     */
    private static final class Direction extends ChannelInboundHandlerAdapter {
        private final Circuit circuit;
        private @Nullable SocketChannel to;
        private long bytes;
        private boolean isEnded;

        Direction(Circuit circuit) {
            this.circuit = circuit;
        }

        @Override
        public boolean isSharable() {
            return true; // with the channel of the next registrar, when one was not reached
        }

        @Override
        public void channelRead(ChannelHandlerContext from, Object message) {
            SocketChannel other = to;
            if (other == null || circuit.over) {
                ReferenceCountUtil.release(message);
                return;
            }
            int length = ((ByteBuf) message).readableBytes();
            bytes += length;
            other.writeAndFlush(message).addListener(written -> {
                if (circuit.over) {
                    return;
                } else if (written.isSuccess()) {
                    from.read();
                } else {
                    circuit.reset("one side has closed its connection");
                }
            });
            circuit.carried();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext from, Object event) {
            SocketChannel other = to;
            if (event instanceof ChannelInputShutdownEvent && other != null && !circuit.over) {
                isEnded = true;
                other.shutdownOutput().addListener(done -> circuit.halfClosed());
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext from) {
            if (to != null) {
                circuit.reset("one side has closed its connection");
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
            if (to != null) {
                circuit.reset("one side has reset its connection");
            }
        }
    }
}
