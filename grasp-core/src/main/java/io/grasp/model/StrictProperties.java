package io.grasp.model;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Executable;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedField;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedMethod;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;

/**
 * Requires that record components and other creator parameters are present and not null, except those that are
 * annotated {@code @Nullable} (JSpecify's or any other of that name) or are an {@link Optional}. Primitive fields and
 * setters of a bean must be present too. Jackson's own annotations take precedence.
 */
final class StrictProperties extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    private static final Set<Class<?>> OPTIONALS =
            Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class);

    @Override
    public boolean hasIgnoreMarker(MapperConfig<?> config, AnnotatedMember member) {
        return super.hasIgnoreMarker(config, member)
                || member instanceof AnnotatedMethod method && isNoComponent(config, method);
    }

    private boolean isNoComponent(MapperConfig<?> config, AnnotatedMethod method) {
        RecordComponent[] components = method.getDeclaringClass().getRecordComponents();
        if (components == null || method.getParameterCount() != 0 || isAnnotated(config, method)) {
            return false;
        }
        String name = method.getName();
        String property = name.startsWith("is") ? name.substring(2) : name.startsWith("get") ? name.substring(3) : "";
        return !property.isEmpty()
                && Arrays.stream(components)
                        .map(RecordComponent::getName)
                        .noneMatch(each -> each.equals(name) || each.equalsIgnoreCase(property));
    }

    private boolean isAnnotated(MapperConfig<?> config, AnnotatedMethod method) {
        return findNameForSerialization(config, method) != null
                || hasAsValue(config, method) != null
                || hasAnyGetter(config, method) != null;
    }

    @Override
    public Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
        Boolean inherited = super.hasRequiredMarker(config, member);
        return inherited == null && (isRequired(member) || isPrimitive(member)) ? Boolean.TRUE : inherited;
    }

    private static boolean isPrimitive(AnnotatedMember member) {
        if (member instanceof AnnotatedMethod method) {
            return method.getParameterCount() == 1
                    && method.getRawParameterType(0).isPrimitive();
        }
        return member instanceof AnnotatedField && member.getRawType().isPrimitive();
    }

    @Override
    public JsonSetter.Value findSetterInfo(MapperConfig<?> config, Annotated annotated) {
        JsonSetter.Value inherited = super.findSetterInfo(config, annotated);
        boolean isNullTree = JsonNode.class.isAssignableFrom(annotated.getRawType()); // a NullNode is not a null
        return inherited.getValueNulls() == Nulls.DEFAULT && isRequired(annotated) && !isNullTree
                ? inherited.withValueNulls(Nulls.FAIL)
                : inherited;
    }

    private static boolean isRequired(Annotated annotated) {
        return annotated instanceof AnnotatedParameter parameter
                && !OPTIONALS.contains(parameter.getRawType())
                && !isNullable(parameter);
    }

    private static boolean isNullable(AnnotatedParameter parameter) {
        if (!(parameter.getOwner().getAnnotated() instanceof Executable owner)) {
            return false;
        }
        int index = parameter.getIndex();
        // javac does not always copy the annotations of a component's type to the constructor
        RecordComponent[] components = owner.getDeclaringClass().getRecordComponents();
        if (components != null
                && components.length == owner.getParameterCount()
                && components[index].getType() == owner.getParameterTypes()[index]
                && isNullable(components[index], components[index].getAnnotatedType())) {
            return true;
        }
        return index < owner.getAnnotatedParameterTypes().length
                && isNullable(owner.getParameters()[index], owner.getAnnotatedParameterTypes()[index]);
    }

    private static boolean isNullable(AnnotatedElement element, AnnotatedType type) {
        return hasNullable(element.getAnnotations()) || hasNullable(type.getAnnotations());
    }

    private static boolean hasNullable(Annotation[] annotations) {
        for (Annotation annotation : annotations) {
            if (annotation.annotationType().getSimpleName().equals("Nullable")) {
                return true;
            }
        }
        return false;
    }
}
