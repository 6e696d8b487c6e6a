# schema - what a document breaks of a JSON schema of draft 4: a line for each
# "place: why", none when it is valid. Members that a schema does not name are
# told of too. Input: the document; $file: the schema, of those in $files.
def find($ref; $file):
	($ref | split("#")) as [$name, $path] |
	(if $name == "" then $file else $name end) as $in |
	[$in, ($files[$in] | getpath($path | split("/") | .[1:]))];

def is_of($kind):
	if $kind == "integer" then type == "number" and . == floor
	else type == $kind end;

def breaks($schema; $file; $place; $strict):
	def say($why): "\($place): \($why)";
	if $schema["$ref"] then
		find($schema["$ref"]; $file) as [$in, $found] |
		breaks($found; $in; $place; $strict)
	else
		(select($schema.type and (is_of($schema.type) | not)) |
			say("no \($schema.type)")),
		(select($schema.enum and ([.] | inside($schema.enum) | not)) |
			say("\(.) is none of the words")),
		(select($schema.pattern and type == "string") |
			select(test($schema.pattern) | not) |
			say("\(.) is not of the pattern")),
		(select($schema.minimum and . < $schema.minimum) |
			say("below the minimum")),
		(select($schema.maximum and . > $schema.maximum) |
			say("above the maximum")),
		(select($schema.minItems and length < $schema.minItems) |
			say("too few")),
		(select(type == "object") | ($schema.required // [])[] as $name |
			select(has($name) | not) | say("without \($name)")),
		(. as $value | ($schema.allOf // [])[] as $part |
			$value | breaks($part; $file; $place; false)),
		(select($schema.anyOf) | . as $value |
			select(all($schema.anyOf[]; . as $part | $value |
				[breaks($part; $file; $place; $strict)] | length > 0)) |
			say("none of the forms")),
		(select(type == "array" and $schema.items) |
			range(length) as $i | .[$i] |
			breaks($schema.items; $file; "\($place)[\($i)]"; $strict)),
		(select(type == "object") | keys[] as $name | .[$name] |
			"\($place).\($name)" as $at |
			if $schema.properties | has($name)? then
				breaks($schema.properties[$name]; $file; $at; $strict)
			elif $schema.additionalProperties then
				breaks($schema.additionalProperties; $file; $at; $strict)
			elif $schema.patternProperties then
				breaks($schema.patternProperties[]; $file; $at; $strict)
			elif $strict and $schema.properties then
				"\($at): not in the schema"
			else empty end)
	end;

breaks($files[$file]; $file; ""; true)
