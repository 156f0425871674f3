package com.example.bandwidth;

import io.grasp.substrate.netty.NettyLoop;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** With {@code grasp.shared-loop=true} the web server and the node share one event loop, so nothing may block it. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("grasp.shared-loop")
class SharedLoopConfiguration {
    @Bean(destroyMethod = "dispose")
    LoopResources eventLoops() {
        return LoopResources.create("bandwidth", 1, true);
    }

    /** The node's loops are NIO event loops, so the server must not prefer the native transport. */
    @Bean
    NettyServerCustomizer serverOnSharedLoop(LoopResources eventLoops) {
        return server -> server.runOn(eventLoops, false);
    }

    /** Spring closes it after the node, which uses it, and before the event loops. */
    @Bean(destroyMethod = "close")
    SharedLoop sharedLoop(LoopResources eventLoops) {
        return new SharedLoop(NettyLoop.on(eventLoops));
    }

    record SharedLoop(NettyLoop loop) implements AutoCloseable {
        @Override
        public void close() {
            Mono.create(ended -> loop.close(failure -> ended.success())).block();
        }
    }
}
