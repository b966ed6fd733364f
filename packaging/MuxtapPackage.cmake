# muxtap_package(NAME SUMMARY TEXT TEXT LINE... ...): the files of muxtap-NAME's package, as the component NAME.
#   UNIT DESCRIPTION        muxtap-NAME.service and muxtap-NAME@.service; with TEMPLATE_ONLY just the latter
#   CAPABILITIES, FAMILIES  what the unit may have beyond AF_INET, AF_INET6 and AF_UNIX
#   ENVIRONMENT             settings of the unit, which its file in /etc/muxtap may change
#   STOP_SECONDS            the longest stop that is no fault
#   WRITES_CODE             the program makes machine code while it runs
#   TELLS_OF_PROCESSES      the program tells of other users' processes
#   SYSCTL                  sysctl/NAME.conf is part of it
#   DEB_*, RPM_REQUIRES     dependencies that are not seen in the program
# Only packages take the files below /etc and the units: `cmake --install` leaves the system's folders alone.
function(muxtap_package name)
  cmake_parse_arguments(arg "TEMPLATE_ONLY;WRITES_CODE;TELLS_OF_PROCESSES;SYSCTL" "SUMMARY;UNIT;STOP_SECONDS"
    "TEXT;CAPABILITIES;FAMILIES;ENVIRONMENT;DEB_DEPENDS;DEB_RECOMMENDS;DEB_SUGGESTS;RPM_REQUIRES" ${ARGN})
  set(program muxtap-${name})
  if(NOT TARGET ${program})
    return() # its libraries are missing
  endif()
  set(folder ${packaging_folder}/${name})
  list(JOIN arg_TEXT " " text)
  list(APPEND MUXTAP_PACKAGES ${name})
  set(MUXTAP_PACKAGES ${MUXTAP_PACKAGES} PARENT_SCOPE)
  foreach(fact SUMMARY TEXT DEB_DEPENDS DEB_RECOMMENDS DEB_SUGGESTS RPM_REQUIRES UNIT)
    set(${name}_${fact} "${arg_${fact}}" PARENT_SCOPE)
  endforeach()

  # From the option table; the man page as man wants it.
  foreach(document "man;${program}.1" "completion;${program}" "environment;${name}.env")
    list(GET document 0 kind)
    list(GET document 1 file)
    add_custom_command(OUTPUT ${folder}/${file}
      COMMAND muxtap_option_documents ${kind} ${program} > ${folder}/${file}
      DEPENDS muxtap_option_documents VERBATIM)
  endforeach()
  foreach(file "${folder}/${program}.1;${program}.1.gz" "${PROJECT_SOURCE_DIR}/CHANGELOG.md;changelog.gz"
               "${CMAKE_CURRENT_SOURCE_DIR}/debian/changelog;changelog.Debian.gz")
    list(GET file 0 plain)
    list(GET file 1 packed)
    add_custom_command(OUTPUT ${folder}/${packed}
      COMMAND gzip -9 -n -c ${plain} > ${folder}/${packed}
      DEPENDS ${plain} VERBATIM)
  endforeach()
  list(APPEND document_files ${folder}/${program}.1.gz ${folder}/${program})
  set(document_files ${document_files} PARENT_SCOPE)
  list(APPEND package_files ${folder}/${name}.env ${folder}/changelog.gz ${folder}/changelog.Debian.gz)
  set(package_files ${package_files} PARENT_SCOPE)

  install(FILES ${folder}/${program}.1.gz DESTINATION share/man/man1 COMPONENT ${name})
  install(FILES ${folder}/${program} DESTINATION share/bash-completion/completions COMPONENT ${name})
  install(FILES ${folder}/changelog.gz ${folder}/changelog.Debian.gz ${CMAKE_CURRENT_SOURCE_DIR}/debian/copyright
    DESTINATION share/doc/${program} COMPONENT ${name} EXCLUDE_FROM_ALL)
  if(arg_SYSCTL)
    install(FILES ${CMAKE_CURRENT_SOURCE_DIR}/sysctl/${name}.conf RENAME 60-${program}.conf
      DESTINATION /usr/lib/sysctl.d COMPONENT ${name} EXCLUDE_FROM_ALL)
  endif()
  if(arg_UNIT)
    muxtap_units()
  endif()
endfunction()

# The units of the package that is being described, its settings, and the scripts that tell systemd of them.
macro(muxtap_units)
  list(JOIN arg_CAPABILITIES " " capabilities)
  list(JOIN arg_FAMILIES " " families)
  if(families)
    string(PREPEND families " ")
  endif()
  set(more)
  foreach(setting ${arg_ENVIRONMENT})
    string(APPEND more "# ${name}.env may say otherwise.\nEnvironment=${setting}\n")
  endforeach()
  set(stop_seconds 15)
  if(arg_STOP_SECONDS)
    set(stop_seconds ${arg_STOP_SECONDS})
  endif()
  set(deny_written_code yes)
  if(arg_WRITES_CODE)
    set(deny_written_code no)
  endif()
  set(other_processes invisible)
  if(arg_TELLS_OF_PROCESSES)
    set(other_processes default)
  endif()
  # A capability of the machine's network is none in a user namespace.
  set(private_users yes)
  if(capabilities)
    set(private_users no)
  endif()
  set(units "${program}@.service")
  # Settings, state and name of an instance are its own.
  set(instance "-%i")
  set(description "${arg_UNIT} (%i)")
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/systemd/service.in "${folder}/${program}@.service" @ONLY)
  if(NOT arg_TEMPLATE_ONLY)
    set(instance "")
    set(description "${arg_UNIT}")
    configure_file(${CMAKE_CURRENT_SOURCE_DIR}/systemd/service.in ${folder}/${program}.service @ONLY)
    list(APPEND units ${program}.service)
  endif()
  foreach(unit ${units})
    install(FILES ${folder}/${unit} DESTINATION /usr/lib/systemd/system COMPONENT ${name} EXCLUDE_FROM_ALL)
  endforeach()
  install(FILES ${folder}/${name}.env DESTINATION /etc/muxtap COMPONENT ${name} EXCLUDE_FROM_ALL)

  # An @ before a name and one behind it would be a variable of configure_file's.
  set(template_pattern "${program}@*.service")
  set(unit_patterns "'${program}.service' '${template_pattern}'")
  foreach(script postinst prerm postrm)
    configure_file(${CMAKE_CURRENT_SOURCE_DIR}/debian/${script}.in ${folder}/${script} @ONLY
      FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  endforeach()
  file(WRITE ${folder}/conffiles "/etc/muxtap/${name}.env\n")
  foreach(script post preun postun)
    configure_file(${CMAKE_CURRENT_SOURCE_DIR}/rpm/${script}.in ${folder}/rpm_${script} @ONLY)
  endforeach()
endmacro()
