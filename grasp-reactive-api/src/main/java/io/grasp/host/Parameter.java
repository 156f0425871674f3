package io.grasp.host;

import io.grasp.model.ObjectiveValue;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of an ASA: its type, its bounds, and its value until an operator or a flooded policy sets another one. A
 * value that is out of bounds, or not of the type, leaves the parameter as it is, or sets the {@linkplain
 * #withSafeValue safe value} (RFC 9222 section 9). Immutable.
 *
 * @param <T> the type of its values
 */
public final class Parameter<T> {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final String name;
    private final String type;
    private final T initial;
    private final String initialText;
    private final @Nullable T safe;
    private final Function<ObjectiveValue, ? extends T> reader;
    private final Function<String, ? extends T> parser;
    private final Predicate<? super T> check;
    private final String bounds;
    private final String description;
    private final boolean operatorOnly;

    private Parameter(
            String name,
            String type,
            T initial,
            @Nullable T safe,
            Function<ObjectiveValue, ? extends T> reader,
            Function<String, ? extends T> parser,
            Predicate<? super T> check,
            String bounds,
            String description,
            boolean operatorOnly) {
        this.operatorOnly = operatorOnly;
        this.name = Objects.requireNonNull(name, "name");
        this.type = type;
        this.initial = Objects.requireNonNull(initial, "initial");
        this.initialText = text(initial);
        this.safe = safe;
        this.reader = reader;
        this.parser = parser;
        this.check = check;
        this.bounds = Objects.requireNonNull(bounds, "bounds");
        this.description = Objects.requireNonNull(description, "description");
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "'" + name + "' is not a name of a parameter, which has letters, digits and ._-, at most 64");
        }
        if (!check.test(initial)) {
            throw new IllegalArgumentException("the initial value of " + name + " is " + initial + ", not " + bounds);
        }
        if (safe != null && !check.test(safe)) {
            throw new IllegalArgumentException("the safe value of " + name + " is " + safe + ", not " + bounds);
        }
    }

    /**
     * A whole number.
     *
     * @param name the name
     * @param initial the value until another one is set
     * @param least the smallest value
     * @param most the largest value
     * @return the parameter
     * @throws IllegalArgumentException if the initial value is out of bounds
     */
    public static Parameter<Long> number(String name, long initial, long least, long most) {
        return new Parameter<>(
                name,
                "number",
                initial,
                null,
                value -> value.as(Long.class),
                Long::valueOf,
                value -> value >= least && value <= most,
                "a whole number of " + least + " to " + most,
                "",
                false);
    }

    /**
     * A number with decimals.
     *
     * @param name the name
     * @param initial the value until another one is set
     * @param least the smallest value
     * @param most the largest value
     * @return the parameter
     * @throws IllegalArgumentException if the initial value is out of bounds
     */
    public static Parameter<Double> decimal(String name, double initial, double least, double most) {
        return new Parameter<>(
                name,
                "decimal",
                initial,
                null,
                value -> value.as(Double.class),
                Double::valueOf,
                value -> value >= least && value <= most,
                "a number of " + least + " to " + most,
                "",
                false);
    }

    /**
     * True or false.
     *
     * @param name the name
     * @param initial the value until another one is set
     * @return the parameter
     */
    public static Parameter<Boolean> flag(String name, boolean initial) {
        return new Parameter<>(
                name,
                "flag",
                initial,
                null,
                value -> value.as(Boolean.class),
                Parameter::parseFlag,
                value -> true,
                "true or false",
                "",
                false);
    }

    private static Boolean parseFlag(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException(text);
        }
        return text.equals("true");
    }

    /**
     * A time, as text in the form of ISO 8601: {@code PT1.5S}, {@code PT10M}.
     *
     * @param name the name
     * @param initial the value until another one is set
     * @param least the shortest time
     * @param most the longest time
     * @return the parameter
     * @throws IllegalArgumentException if the initial value is out of bounds
     */
    public static Parameter<Duration> duration(String name, Duration initial, Duration least, Duration most) {
        return new Parameter<>(
                name,
                "duration",
                initial,
                null,
                value -> Duration.parse(value.as(String.class)),
                Duration::parse,
                value -> value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
                "a time of " + least + " to " + most,
                "",
                false);
    }

    /**
     * A text of at most 1000 characters.
     *
     * @param name the name
     * @param initial the value until another one is set
     * @param check whether a text may be set
     * @param bounds what the check permits, to be read after "not": "a name of a host"
     * @return the parameter
     * @throws IllegalArgumentException if the initial value does not pass the check
     */
    public static Parameter<String> text(String name, String initial, Predicate<? super String> check, String bounds) {
        return new Parameter<>(
                name,
                "text",
                initial,
                null,
                value -> value.as(String.class),
                text -> text,
                value -> value.length() <= 1000 && check.test(value),
                bounds,
                "",
                false);
    }

    /**
     * A value of any type, which only a policy can set: it is read like the value of an objective
     * ({@link ObjectiveValue#as(Class)}).
     *
     * @param name the name
     * @param type the type
     * @param initial the value until another one is set
     * @param check whether a value may be set
     * @param bounds what the check permits, to be read after "not"
     * @param <T> the type
     * @return the parameter
     * @throws IllegalArgumentException if the initial value does not pass the check
     */
    public static <T> Parameter<T> of(
            String name, Class<T> type, T initial, Predicate<? super T> check, String bounds) {
        return new Parameter<>(
                name,
                type.getSimpleName(),
                initial,
                null,
                value -> value.as(type),
                text -> {
                    throw new IllegalArgumentException("only a policy can set it");
                },
                check,
                bounds,
                "",
                false);
    }

    /**
     * {@return this parameter with a description}
     *
     * @param newDescription what it means, and its unit
     */
    public Parameter<T> withDescription(String newDescription) {
        return new Parameter<>(name, type, initial, safe, reader, parser, check, bounds, newDescription, operatorOnly);
    }

    /**
     * {@return this parameter with a value that is set instead of one that does not fit; without it, such a value
     * leaves the parameter as it is}
     *
     * @param value the value
     * @throws IllegalArgumentException if it is out of bounds
     */
    public Parameter<T> withSafeValue(T value) {
        return new Parameter<>(
                name,
                type,
                initial,
                Objects.requireNonNull(value, "value"),
                reader,
                parser,
                check,
                bounds,
                description,
                operatorOnly);
    }

    /**
     * {@return this parameter, which only the operator of the host sets: a flooded value is ignored and reported} For
     * what other nodes must not decide, such as places and keys.
     */
    public Parameter<T> withOperatorOnly() {
        return new Parameter<>(name, type, initial, safe, reader, parser, check, bounds, description, true);
    }

    /** {@return the name} */
    public String name() {
        return name;
    }

    /** {@return the kind of values, in one word} */
    public String type() {
        return type;
    }

    /** {@return the value until another one is set} */
    public T initial() {
        return initial;
    }

    String initialText() {
        return initialText;
    }

    /** {@return the values that it may have, to be read after "not"} */
    public String bounds() {
        return bounds;
    }

    /** {@return whether only the operator sets it, and no policy} */
    public boolean operatorOnly() {
        return operatorOnly;
    }

    /** {@return what it means} */
    public String description() {
        return description;
    }

    /** {@return the text of a value, also if its own code returns none} */
    static String text(Object value) {
        return Objects.toString(value.toString());
    }

    @Nullable
    T safe() {
        return operatorOnly ? null : safe;
    }

    /** {@return the value that an operator has written} */
    T parse(String text) {
        return fit(text, () -> parser.apply(text));
    }

    /** {@return the value of a policy} */
    T read(ObjectiveValue value) {
        if (operatorOnly) {
            throw new HostException(HostException.Kind.BAD_SETTING, "only the operator sets " + name, null);
        }
        return fit(value, () -> reader.apply(value));
    }

    private T fit(Object written, Supplier<? extends T> conversion) {
        try {
            return checked(conversion.get(), written);
        } catch (HostException e) {
            throw e;
        } catch (Throwable e) { // also of a constructor or check of the ASA
            if (e instanceof VirtualMachineError error && AsaThread.isFatal(error)) {
                throw error;
            }
            throw unfit(written, e);
        }
    }

    private T checked(T value, Object written) {
        if (!check.test(value)) {
            throw unfit(written, null);
        }
        return value;
    }

    private HostException unfit(Object value, @Nullable Throwable why) {
        return new HostException(HostException.Kind.BAD_SETTING, name + " cannot be " + value + ": not " + bounds, why);
    }
}
