package io.grasp.samples.text;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of an objective. */
public final class ObjectiveName implements ITypeConverter<String> {
    public ObjectiveName() {}

    @Override
    public String convert(String text) {
        if (text.isEmpty()) {
            throw new TypeConversionException("the name is empty");
        }
        return text;
    }
}
