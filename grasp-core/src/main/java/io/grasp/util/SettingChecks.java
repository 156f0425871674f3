package io.grasp.util;

import java.time.Duration;

/** Checks the settings that a user chooses; a wrong one is an {@link IllegalArgumentException} with its name. */
public final class SettingChecks {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

    private SettingChecks() {}

    /** {@return the number, which is not below the least and not above the most} */
    public static int between(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " is " + value + ", must be " + least + " to " + most);
        }
        return value;
    }

    /** {@return the time, which is at least 1 ms, and at most as many milliseconds as an int has} */
    public static Duration time(String name, Duration value) {
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " is " + value + ", must be 1 ms to 24 days");
        }
        return value;
    }

    /** {@return the same in milliseconds} */
    public static int millis(String name, Duration value) {
        return (int) time(name, value).toMillis();
    }

    /** {@return the time, which is above zero} */
    public static Duration positive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + " is " + value + ", must be above zero");
        }
        return value;
    }
}
