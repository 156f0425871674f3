package io.grasp.api;

import io.grasp.substrate.netty.quads.QuadsKey;
import io.grasp.substrate.sim.LinkKind;
import java.util.stream.Stream;

/** The substrates on which the contracts of the API are tested. */
enum TestSubstrate {
    /** A simulated link that carries datagrams. */
    DATAGRAMS {
        @Override
        World open() {
            return new SimWorld(LinkKind.DATAGRAM);
        }
    },
    /** A simulated link made of streams. */
    STREAMS {
        @Override
        World open() {
            return new SimWorld(LinkKind.STREAM);
        }
    },
    /** A simulated link made of streams, whose nodes authenticate each other. */
    MEMBERS {
        @Override
        World open() {
            return new SimWorld(LinkKind.SECURED_STREAM);
        }
    },
    /**
     * A simulated link where everything on connections arrives byte by byte. Only the framing of messages differs from
     * {@link #DATAGRAMS}, so only {@link MessageSizeContractTest} runs on it.
     */
    BYTE_BY_BYTE {
        @Override
        World open() {
            SimWorld world = new SimWorld(LinkKind.DATAGRAM);
            world.network.chunkSize(1);
            return world;
        }
    },
    /** A real link, by the Netty substrate. */
    NETTY {
        @Override
        void require() {
            NettyWorld.require();
        }

        @Override
        World open() {
            return new NettyWorld();
        }
    },
    /** Real TLS connections, with sessions as their streams. */
    OVERLAY {
        @Override
        void require() {
            NettyWorld.require();
        }

        @Override
        World open() {
            return new OverlayWorld(true);
        }
    },
    /** Real TLS connections, one for each session. */
    OVERLAY_WITHOUT_STREAMS {
        @Override
        void require() {
            NettyWorld.require();
        }

        @Override
        World open() {
            return new OverlayWorld(false);
        }
    },
    /** Interfaces that stand in for those of an Autonomic Control Plane. */
    ACP {
        @Override
        void require() {
            NettyWorld.require();
        }

        @Override
        World open() {
            return new AcpWorld();
        }
    },
    /** A real link with encrypted messages. Only {@link MessageSizeContractTest} always runs on it. */
    QUADS {
        @Override
        void require() {
            NettyWorld.require();
        }

        @Override
        World open() {
            return new NettyWorld(QuadsKey.of(new byte[QuadsKey.KEY_BYTES], new byte[QuadsKey.IV_BYTES]));
        }
    };

    /** {@return those of {@link OnEverySubstrate}} */
    static Stream<TestSubstrate> every() {
        Stream<TestSubstrate> always = Stream.of(DATAGRAMS, STREAMS, MEMBERS, NETTY);
        return Boolean.getBoolean("grasp.long")
                ? Stream.concat(always, Stream.of(OVERLAY, OVERLAY_WITHOUT_STREAMS, ACP, QUADS))
                : always;
    }

    /** {@return those of {@link OnEverySubstrate}, and all that frame messages in another way} */
    static Stream<TestSubstrate> everyFraming() {
        return Stream.concat(every(), Stream.of(BYTE_BY_BYTE, QUADS)).distinct();
    }

    /** {@return whether its links are interfaces of this host} */
    boolean isReal() {
        return this == NETTY || this == QUADS || this == OVERLAY || this == OVERLAY_WITHOUT_STREAMS || this == ACP;
    }

    /** {@return whether each neighbor is a link of its own, whose addresses are those of a connection} */
    boolean isPointToPoint() {
        return this == OVERLAY || this == OVERLAY_WITHOUT_STREAMS;
    }

    /** {@return whether messages of any type can be sent to all neighbors, and sessions to link-local addresses} */
    boolean linksCarryAllTypes() {
        return this != ACP;
    }

    /** {@return whether a node is protected only while it has its address, so that a change of it ends its sessions} */
    boolean isProtectedByAddress() {
        return this == ACP;
    }

    /** Skips the tests on this substrate if it is not available, or fails them if it should be. */
    void require() {}

    abstract World open();
}
