package io.grasp.api;

import io.grasp.config.AsaLimits;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveCodec;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TaggedObjective;
import io.grasp.model.TypedObjective;
import io.grasp.substrate.netty.NettyConfig;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** All public calls of a handle, found by reflection so that none is omitted, with arguments for each. */
final class EveryCall {
    private static final int UNASSIGNED = 99;

    private final Map<Class<?>, Object> arguments = new LinkedHashMap<>();

    /** The objective from which the arguments are made. */
    EveryCall(Objective objective, AsaLocator peer) {
        TaggedObjective tagged = TaggedObjective.untagged(objective);
        arguments.put(Objective.class, objective);
        arguments.put(AsaLocator.class, peer);
        arguments.put(Duration.class, Duration.ofMinutes(1));
        arguments.put(String.class, objective.name());
        arguments.put(Object.class, 1);
        arguments.put(int.class, UNASSIGNED);
        arguments.put(byte[].class, new byte[] {1});
        arguments.put(ObjectiveValue.class, ObjectiveValue.of(1));
        arguments.put(Object[].class, new Object[0]);
        arguments.put(Publisher.class, Flux.never());
        arguments.put(TaggedObjective.class, tagged);
        arguments.put(List.class, List.of(tagged));
        arguments.put(
                FloodedObjective.class,
                new FloodedObjective(
                        objective,
                        null,
                        InetAddress.getLoopbackAddress(),
                        "",
                        0,
                        Duration.ofMinutes(1),
                        AsaLocator.INDEFINITE_NANOS));
        arguments.put(Handler.class, (Handler<Object>) given -> Mono.empty());
        arguments.put(ValueSource.class, (ValueSource) request -> 1);
        arguments.put(TypedValueSource.class, (TypedValueSource<Integer>) request -> Optional.of(1));
        arguments.put(Flux.class, Flux.never());
        arguments.put(Conversation.class, (Conversation) offers -> Flux.empty());
        arguments.put(TypedObjective.class, TypedObjective.of(objective, ObjectiveCodec.of(Integer.class)));
        arguments.put(TypedConversation.class, (TypedConversation<Integer>) offers -> Flux.empty());
        arguments.put(Scheduler.class, Schedulers.parallel());
        arguments.put(Consumer.class, (Consumer<Object>) failure -> {});
        arguments.put(AsaLimits.class, AsaLimits.NONE);
        arguments.put(Locator.class, peer.locator());
        arguments.put(RequestOptions.class, RequestOptions.DEFAULTS);
        arguments.put(DiscoverOptions.class, DiscoverOptions.within(Duration.ofMinutes(1)));
        arguments.put(ListenOptions.class, ListenOptions.DEFAULTS);
        arguments.put(RegistrationOptions.class, RegistrationOptions.DEFAULTS);
        arguments.put(FloodOptions.class, FloodOptions.indefinite());
        arguments.put(
                GraspConfig.class,
                GraspConfig.defaults().withNetwork(NettyConfig.defaults().withoutLinks()));
    }

    /** These, with another argument. */
    EveryCall with(Class<?> type, Object argument) {
        arguments.put(type, argument);
        return this;
    }

    /**
     * Makes all calls of a handle, including static methods of its class, except those that wait by their contract and
     * those of Object.
     *
     * @return their results, by signature and in that order
     */
    Map<String, Object> of(Object handle) {
        Map<String, Object> results = new LinkedHashMap<>();
        Arrays.stream(handle.getClass().getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .filter(method -> !method.getName().equals("close") || method.getReturnType() != void.class)
                .sorted(Comparator.comparing(Method::toGenericString))
                .forEach(method -> results.put(signature(method), call(handle, method)));
        return results;
    }

    /** {@return the calls of a handle that return a publisher, by signature} */
    Map<String, Publisher<?>> publishersOf(Object handle) {
        Map<String, Publisher<?>> publishers = new LinkedHashMap<>();
        of(handle).forEach((call, result) -> {
            if (result instanceof Publisher<?> publisher) {
                publishers.put(call, publisher);
            }
        });
        return publishers;
    }

    private Object call(Object handle, Method method) {
        Object[] given = Arrays.stream(method.getParameterTypes())
                .map(type -> {
                    if (!arguments.containsKey(type)) {
                        throw new AssertionError("no argument for " + method.toGenericString());
                    }
                    return arguments.get(type);
                })
                .toArray();
        try {
            return method.invoke(handle, given);
        } catch (InvocationTargetException e) {
            throw new AssertionError(signature(method), e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static String signature(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName()
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .toList();
    }
}
